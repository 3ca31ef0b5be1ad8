"""Waiting for a program's outputs."""

import asyncio

import pytest

from mecctl.engine.sdk.outstanding import Outstanding


def test_it_is_one_future_that_ends_with_the_last_output():
    async def wait() -> None:
        loop = asyncio.get_running_loop()
        first, last = loop.create_future(), loop.create_future()
        (every,) = Outstanding({first, last})
        first.set_result(1)
        await asyncio.sleep(0)
        assert not every.done()
        last.set_result(2)
        await asyncio.wait_for(every, 1)

    asyncio.run(wait())


def test_the_first_error_ends_it_at_once():
    async def wait() -> None:
        loop = asyncio.get_running_loop()
        never, failed = loop.create_future(), loop.create_future()
        (every,) = Outstanding({never, failed})
        failed.set_exception(ValueError("no"))
        with pytest.raises(ValueError, match="no"):
            await asyncio.wait_for(every, 1)

    asyncio.run(wait())


def test_outputs_come_and_go_as_in_any_set():
    async def change() -> None:
        future = asyncio.get_running_loop().create_future()
        outputs = Outstanding()
        outputs.add(future)
        assert len(outputs) == 1
        outputs.remove(future)
        assert len(outputs) == 0

    asyncio.run(change())

"""Runs a Pulumi program the way Pulumi's own language host does, in this process.

See pulumi/pulumi sdk/python/cmd/pulumi-language-python-exec. The SDK keeps what it knows of a run in context variables;
each run gets a fresh context, event loop and thread pool, so that runs follow each other cleanly from any thread. One
runs at a time.
"""

from __future__ import annotations

import asyncio
import contextvars
import os
import runpy
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from pulumi.runtime import configure, run_in_stack, set_all_config

from mecctl.engine.sdk.garbage import rarely_collected
from mecctl.engine.sdk.lighter import lightened
from mecctl.engine.sdk.surroundings import surroundings
from mecctl.engine.sdk.versions import settings

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from mecctl.engine.project.program import Program
    from mecctl.engine.run.interrupt import Interrupts
    from mecctl.engine.sdk.monitor import Monitor

_THREADS = 64  # every registration under way blocks one
_ONE_AT_A_TIME = threading.Lock()
_STUBBORN = 1.0  # seconds that a cancelled task of a program gets to end


def run(program: Program, monitor: Monitor, interrupts: Interrupts, *, dry: bool) -> None:
    """Run a program to its end, with all that it registers; raises what the program raises.

    When it is interrupted, KeyboardInterrupt is raised once everything that the program asked for before has ended. A
    program that never gives up control can be interrupted in the main thread only.
    """
    with _ONE_AT_A_TIME, surroundings(program.main.parent), rarely_collected(), lightened():
        try:
            contextvars.Context().run(_run, program, monitor, interrupts, dry)
        finally:
            monitor.close()


def _run(program: Program, monitor: Monitor, interrupts: Interrupts, dry: bool) -> None:
    os.environ.setdefault("GRPC_VERBOSITY", "ERROR")  # else it tells of every connection that ends
    # The SDK drops them when a program fails, and Python would tell of each.
    warnings.filterwarnings("ignore", "coroutine 'Output", RuntimeWarning)
    set_all_config(dict(program.config), list(program.secrets))
    configure(settings(program, monitor, parallel=_THREADS, dry=dry))
    loop, pool = asyncio.new_event_loop(), ThreadPoolExecutor(_THREADS, thread_name_prefix="pulumi")
    loop.set_default_executor(pool)
    # What fails is kept by the monitor; asyncio would print it a second time.
    loop.set_exception_handler(lambda *_: None)
    asyncio.set_event_loop(loop)

    def end() -> None:
        loop.call_soon_threadsafe(_cancel, loop)

    try:
        with interrupts.raised(), interrupts.stop.listened(end):
            _run_all(loop, pool, run_in_stack(lambda: _main(program)))
    except BaseException as error:
        if not isinstance(error, KeyboardInterrupt) and not interrupts.stop.asked:
            raise
        interrupts.stop.ask()
        monitor.stop()
        pool.shutdown(wait=False, cancel_futures=True)
        raise KeyboardInterrupt from error
    finally:
        _close(loop)


def _run_all(loop: asyncio.AbstractEventLoop, pool: ThreadPoolExecutor, main: Coroutine[None, None, None]) -> None:
    try:
        loop.run_until_complete(main)
    except (Exception, SystemExit):
        # What was started is finished and recorded all the same.
        loop.run_until_complete(_drain())
        pool.shutdown()
        raise
    pool.shutdown()


async def _drain() -> None:
    while tasks := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.gather(*tasks, return_exceptions=True)


def _close(loop: asyncio.AbstractEventLoop) -> None:
    """Close the loop; tasks that the program left in it get a moment to end."""
    try:
        if left := _cancel(loop):
            loop.run_until_complete(asyncio.wait(left, timeout=_STUBBORN))
    finally:
        asyncio.set_event_loop(None)
        loop.close()


def _cancel(loop: asyncio.AbstractEventLoop) -> set[asyncio.Task[object]]:
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    return tasks


def _main(program: Program) -> None:
    runpy.run_path(str(program.main), run_name="__main__")

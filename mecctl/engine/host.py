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
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from pulumi.runtime import Settings, configure, run_in_stack, set_all_config

if TYPE_CHECKING:
    from mecctl.engine.monitor import Monitor
    from mecctl.engine.program import Program

_THREADS = 64  # every registration under way blocks one
_ONE_AT_A_TIME = threading.Lock()


def run(program: Program, monitor: Monitor, *, dry: bool) -> None:
    """Run a program to its end, with all that it registers; raises what the program raises."""
    with _ONE_AT_A_TIME:
        try:
            contextvars.Context().run(_run, program, monitor, dry)
        finally:
            monitor.close()


def _run(program: Program, monitor: Monitor, dry: bool) -> None:
    os.environ.setdefault("GRPC_VERBOSITY", "ERROR")  # else it tells of every connection that ends
    set_all_config(dict(program.config), list(program.secrets))
    configure(
        Settings(
            project=program.project,
            stack=program.stack,
            monitor=monitor,
            engine=monitor,
            parallel=_THREADS,
            dry_run=dry,
            organization="organization",
            root_directory=str(program.directory),
        )
    )
    loop = asyncio.new_event_loop()
    try:
        with ThreadPoolExecutor(_THREADS, thread_name_prefix="pulumi") as pool:
            loop.set_default_executor(pool)
            # What fails is kept by the monitor; asyncio would print it a second time.
            loop.set_exception_handler(lambda *_: None)
            asyncio.set_event_loop(loop)
            try:
                loop.run_until_complete(run_in_stack(lambda: _main(program)))
            except KeyboardInterrupt:
                monitor.stop()
                raise
            finally:
                loop.run_until_complete(_drain())
    finally:
        asyncio.set_event_loop(None)
        loop.close()


async def _drain() -> None:
    """Wait for whatever is still under way when a program has failed: what was started is finished and recorded."""
    while tasks := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.gather(*tasks, return_exceptions=True)


def _main(program: Program) -> None:
    directory = str(program.directory)
    before = set(sys.modules)
    sys.path.insert(0, directory)
    try:
        runpy.run_path(str(program.main), run_name="__main__")
    finally:
        sys.path.remove(directory)
        _forget_modules(program.directory, before)


def _forget_modules(directory: Path, before: set[str]) -> None:
    """Drop the program's own modules: the next program may have others of the same names."""
    home = directory.resolve()
    for name in set(sys.modules) - before:
        file = getattr(sys.modules[name], "__file__", None)
        if file and Path(file).resolve().is_relative_to(home):
            del sys.modules[name]

"""Run a playbook and say what came of it, node by node; the only module that knows ansible_runner."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible_runner.interface import init_runner

from mecctl import process
from mecctl.nodes.events import Events
from mecctl.resources import resource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mecctl.nodes.events import OnTrial, Played
    from mecctl.plan.progress import Progress

KEPT_RUNS = 5
GRACE = 10.0  # seconds
# The environment that Ansible sees: this and nothing else of the user's.
PASSED_ON = ("HOME", "LANG", "LC_ALL", "LOGNAME", "SSH_AUTH_SOCK", "TERM", "TMPDIR", "USER")
SSH = (
    "-F /dev/null -o ControlMaster=auto -o ControlPersist=300s -o StrictHostKeyChecking=yes -o IdentitiesOnly=yes"
    " -o BatchMode=yes -o ServerAliveInterval=5 -o ServerAliveCountMax=4 -o GlobalKnownHostsFile=/dev/null"
    " -o UserKnownHostsFile={known_hosts}"
)


def play(
    playbook: str,
    inventory: dict[str, Any],
    state: Path,
    known_hosts: Path,
    progress: Progress,
    *,
    check: bool = False,
    on_trial: OnTrial = lambda *_: None,
) -> Played:
    """Run `playbook` over `inventory`; `check` only looks. Records of the last few runs stay under `state`/runner.

    `on_trial` is called while the playbook runs. A node's failure or absence is part of the result. Raises
    KeyboardInterrupt once the playbook has been stopped.
    """
    nodes = list(inventory["all"]["children"]["machines"]["hosts"])
    events = Events(nodes, progress, on_trial)
    folder = state / "runner"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="mecctl-") as sockets, _stoppable() as stop:
        runner = init_runner(
            private_data_dir=str(folder),
            playbook=str(resource("playbooks") / playbook),
            inventory=inventory,
            cmdline="--check --diff" if check else None,
            rotate_artifacts=KEPT_RUNS,
            settings={"pexpect_timeout": 1, "suppress_ansible_output": True},
            suppress_env_files=True,
            event_handler=events.handle,
            cancel_callback=stop.overdue,
            quiet=True,
        )
        runner.config.env = _environment(folder, sockets, known_hosts, len(nodes), runner.config.env)
        try:
            runner.run()
        finally:
            _close(sockets)
    events.finish()
    if stop.wished:
        raise KeyboardInterrupt
    return events.played(_said(runner), check=check)


def _environment(folder: Path, sockets: str, known_hosts: Path, nodes: int, given: dict[str, str]) -> dict[str, str]:
    own = {key: value for key, value in given.items() if key.startswith(("ANSIBLE_", "AWX_", "RUNNER_"))}
    return {
        **{key: value for key in PASSED_ON if (value := os.environ.get(key)) is not None},
        **{key: value for key, value in own.items() if key not in os.environ},
        "PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', os.defpath)}",
        "ANSIBLE_CONFIG": str(resource("playbooks") / "ansible.cfg"),
        "ANSIBLE_HOME": str(folder / "ansible"),
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_FORKS": str(min(50, max(5, nodes))),
        "ANSIBLE_SSH_ARGS": SSH.format(known_hosts=known_hosts),
        "ANSIBLE_SSH_CONTROL_PATH_DIR": sockets,
        "PYTHONUNBUFFERED": "1",
    }


class _Stop:
    """The wish to stop: passed on to the playbook, which ends what it started; if it doesn't, it is ended."""

    def __init__(self) -> None:
        self.wished = False
        self._deadline = 0.0

    def wish(self, *_: object) -> None:
        """Take a signal. The playbook has a session of its own, so the terminal doesn't tell it."""
        self.wished = True
        self._deadline = time.monotonic() + GRACE
        for children in Path("/proc/self/task").glob("*/children"):
            for child in children.read_text().split():
                with suppress(ProcessLookupError):
                    os.kill(int(child), signal.SIGINT)

    def overdue(self) -> bool:
        """Whether the playbook had its time to end by itself."""
        return self.wished and time.monotonic() > self._deadline


@contextmanager
def _stoppable() -> Iterator[_Stop]:
    stop, previous = _Stop(), {}
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            previous[number] = signal.signal(number, stop.wish)
        except ValueError:  # only the main thread hears signals
            break
    try:
        yield stop
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _close(sockets: str) -> None:
    for path in Path(sockets).iterdir():
        process.run(["ssh", "-F", "/dev/null", "-o", f"ControlPath={path}", "-O", "exit", "mecctl"], check=False)


def _said(runner: Any) -> str:  # noqa: ANN401 - ansible_runner has no types
    """The end of what ansible-playbook printed, for a run that broke before any node had a result."""
    path = Path(runner.config.artifact_dir) / "stdout"
    return "" if runner.rc == 0 or not path.exists() else path.read_text(errors="replace").strip()[-1500:]


def forget(state: Path) -> None:
    """Remove the records of earlier runs."""
    shutil.rmtree(state / "runner", ignore_errors=True)

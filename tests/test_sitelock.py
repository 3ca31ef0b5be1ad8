import os
import signal
import subprocess
import sys

import pytest

from mecctl import sitelock
from mecctl.errors import LockedError

HOLDER = """
import sys, signal
from pathlib import Path
from mecctl import sitelock
with sitelock.hold(Path(sys.argv[1]), "mecctl site up"):
    print("held", flush=True)
    signal.pause()
"""


@pytest.fixture
def holder(tmp_path):
    process = subprocess.Popen([sys.executable, "-c", HOLDER, tmp_path], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_second_run_is_told_who_holds_the_site(tmp_path, holder):
    with pytest.raises(LockedError) as caught, sitelock.hold(tmp_path, "mecctl site up"):
        pass

    assert f"mecctl site up, process {holder.pid}" in str(caught.value.why)


def test_a_dead_holder_leaves_no_lock(tmp_path, holder):
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()

    with sitelock.hold(tmp_path, "mecctl site up"):
        pass


def test_the_lock_is_free_after_a_failure_inside(tmp_path):
    with pytest.raises(ZeroDivisionError), sitelock.hold(tmp_path, "mecctl site up"):
        raise ZeroDivisionError

    with sitelock.hold(tmp_path, "mecctl site up"):
        pass


def test_two_sites_do_not_wait_for_each_other(tmp_path):
    with sitelock.hold(tmp_path / "a", "up"), sitelock.hold(tmp_path / "b", "up"):
        pass

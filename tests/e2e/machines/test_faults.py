"""What befalls machines 300 km away: power that goes, a disk that fills, a clock that is wrong."""

import pytest

from tests.support.machines import LiveMachines

pytestmark = pytest.mark.vm


def test_power_cut_at_work_brings_the_site_back_by_itself(double: LiveMachines) -> None:
    for node in ("edge-1", "edge-2"):
        double.cut_power(node)
    assert double.mecctl("lab", "up", timeout=900).code == 0
    status = double.until_ready()
    ended = double.plan()

    assert [node["ready"] for node in status["nodes"]] == [True, True]
    assert (ended.code, ended.json["changes"]) == (0, []), ended.out + ended.err


def test_power_cut_in_the_middle_of_up_is_made_up_for_by_one_more_run(double: LiveMachines) -> None:
    double.on("edge-2", "rm /usr/local/bin/ctr")
    double.edit("replicas: 1", "replicas: 2")
    process = double.start("site", "up")
    assert process.stderr is not None
    for line in process.stderr:
        if "nodes" in line:
            break
    double.cut_power("edge-2")
    out, err = process.communicate(timeout=900)
    assert double.mecctl("lab", "up", timeout=900).code == 0
    again = double.up()

    assert process.returncode in {1, 4}, out + err
    assert "edge-2" in err
    assert again.code == 0, again.out + again.err
    assert double.plan().code == 0
    assert double.on("edge-2", "ctr --version").startswith("ctr")


def test_a_disk_that_fills_is_named_before_anything_changes(double: LiveMachines) -> None:
    double.on("edge-2", "fallocate -l $(($(df -Pk / | awk 'NR==2 {print $4}') - 400000))K /var/filler")
    try:
        ended = double.mecctl("site", "up", timeout=600)
    finally:
        double.on("edge-2", "rm /var/filler")

    assert ended.code == 4, ended.out + ended.err
    assert "edge-2" in ended.err
    assert "free on /var/lib" in ended.err
    double.until_ready()


def test_a_clock_an_hour_off_is_named_before_anything_changes(double: LiveMachines) -> None:
    double.on("edge-2", "date -s '+1 hour'")
    try:
        ended = double.mecctl("site", "up", timeout=600)
    finally:
        double.on("edge-2", "date -s '-1 hour'")

    assert ended.code == 4, ended.out + ended.err
    assert "edge-2" in ended.err
    assert "clock" in ended.err
    double.until_ready()

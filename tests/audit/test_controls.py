"""Every control holds for a hardened site and fails for one that is broken in just that respect."""

from collections import Counter

import pytest

from mecctl.audit.assess import BENCHMARKS, answer, assess
from mecctl.audit.control import Result
from tests.audit.breaking import BREAKING
from tests.audit.recorded import hardened, none, seen

CONTROLS = {f"{benchmark.id}/{one.id}": (benchmark, one) for benchmark in BENCHMARKS for one in benchmark.controls}
EXCUSED = {"cis/1.2.11", "cis/4.1.3", "cis/4.1.4", "cis/5.4.2"}


def results(evidence):
    return {f"{one.benchmark}/{one.control.id}": one.result for one in assess("lab", seen(evidence)).answers}


GOOD = results(hardened())


def test_the_benchmarks_have_all_their_controls():
    counted = Counter(one.partition("/")[0] for one in CONTROLS)

    assert len(CONTROLS) == sum(len(benchmark.controls) for benchmark in BENCHMARKS)
    assert (counted["cis"], counted["nsa"]) == (131, 26)
    assert set(BREAKING) == set(CONTROLS)


@pytest.mark.parametrize("control", CONTROLS)
def test_a_control_can_hold(control):
    wanted = {Result.passed, Result.excluded} if control in EXCUSED else {Result.passed}

    assert GOOD[control] in wanted


@pytest.mark.parametrize("control", CONTROLS)
def test_a_control_can_fail(control):
    broken = hardened()
    BREAKING[control](broken)

    assert answer(*CONTROLS[control], seen(broken)).result == Result.failed


def test_what_fails_without_hardening():
    failing = [name for name, result in results(none()).items() if result is Result.failed]

    assert Counter(one.partition("/")[0] for one in failing) == {"cis": 40, "nsa": 4, "node": 17}

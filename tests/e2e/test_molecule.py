"""Molecule's scenarios: the real playbooks on lab nodes, checked, converged, idempotent, verified from outside."""

import pytest

from tests.support.molecule import passes

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("scenario", ["default", "reset", "k3s-install"])
def test_a_scenario_passes(scenario: str) -> None:
    passes(scenario)

import pytest
from ansible.module_utils.mecctl.converge import Result, converge
from ansible.module_utils.mecctl.item import NodeError

MADE = [{"fixed": {"kubernetes.version": "v1.36.3"}}]
CHANGED = [{"fixed": {"kubernetes.version": "v1.37.0"}}]


def test_what_a_running_cluster_cannot_change_is_refused(context):
    converge(MADE, context, Result(), check=False)
    converge(MADE, context, Result(), check=False)

    with pytest.raises(NodeError, match=r"is v1\.36\.3 in the running cluster and v1\.37\.0 in the site file"):
        converge(CHANGED, context, Result(), check=True)


@pytest.mark.parametrize("check", [True, False])
def test_nothing_is_fixed_before_the_node_is_a_member(tmp_path, context, me, check):
    waiting = {"files": [{"path": str(tmp_path / "token"), "secret": "join_token", **me}]}
    converge([*MADE, waiting], context, Result(), check=check)

    converge(CHANGED, context, Result(), check=True)


def test_a_setting_may_follow_what_it_names_and_not_the_other_way(context):
    soft = [{"fixed": {"kubernetes.hardening": {"value": "none", "after": ["none"]}}}]
    hard = [{"fixed": {"kubernetes.hardening": {"value": "cis", "after": ["none"]}}}]
    converge(soft, context, Result(), check=False)
    converge(hard, context, Result(), check=False)

    with pytest.raises(NodeError, match=r"kubernetes\.hardening is cis in the running cluster and none in the site"):
        converge(soft, context, Result(), check=True)


@pytest.mark.parametrize(
    ("known", "wanted", "why"),
    [
        ("v1.36.5+k3s1", "v1.36.4+k3s1", "Kubernetes doesn't go back to an older version"),
        ("v1.36.5+k3s2", "v1.36.5+k3s1", "Kubernetes doesn't go back to an older version"),
        (
            "v1.34.4+k3s1",
            "v1.37.1+k3s1",
            "it would skip v1.35, v1.36, and its parts only work beside those of the minor before",
        ),
        (
            "v1.36.5+k3s1",
            "v1.37.1+k3s1",
            "it can't be changed in a running cluster, whose nodes would run two versions",
        ),
    ],
)
def test_another_version_is_refused_with_what_stands_against_it(context, known, wanted, why):
    converge([{"fixed": {"kubernetes.version": known}}], context, Result(), check=False)

    with pytest.raises(NodeError) as refused:
        converge([{"fixed": {"kubernetes.version": wanted}}], context, Result(), check=True)

    assert refused.value.why == why

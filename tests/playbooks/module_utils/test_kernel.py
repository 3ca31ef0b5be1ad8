import pytest
from ansible.module_utils.mecctl import kernel
from ansible.module_utils.mecctl.item import NodeError


@pytest.fixture
def proc(monkeypatch, tmp_path):
    monkeypatch.setattr(kernel, "PROC", tmp_path / "proc")
    (tmp_path / "proc" / "net").mkdir(parents=True)
    return tmp_path / "proc"


def test_a_setting_is_compared_as_the_kernel_shows_it(proc, context):
    (proc / "net" / "range").write_text("32768\t60999\n")

    assert list(kernel.plan_sysctls({"net.range": "32768 60999"}, context)) == []


def test_a_setting_that_differs_is_written(proc, context):
    (proc / "net" / "forward").write_text("0\n")

    (item,) = kernel.plan_sysctls({"net.forward": 1}, context)
    item.act()

    assert item.reason == "is 0, not 1"
    assert (proc / "net" / "forward").read_text() == "1"


def test_a_setting_that_the_kernel_refuses_is_named(proc, context):
    (item,) = kernel.plan_sysctls({"nothere.at.all": 1}, context)

    with pytest.raises(NodeError, match=r"the kernel refused nothere\.at\.all = 1"):
        item.act()


def test_a_loaded_or_builtin_module_is_left_alone(monkeypatch, tmp_path, context):
    monkeypatch.setattr(kernel, "SYS", tmp_path)
    monkeypatch.setattr(kernel, "_builtin", lambda: {"overlay"})
    (tmp_path / "vxlan").mkdir()

    items = list(kernel.plan_modules(["vxlan", "overlay", "br_netfilter"], context))

    assert [item.subject for item in items] == ["kernel module br_netfilter"]


def test_a_setting_that_the_kernel_may_lack_is_left_out_without_it(proc, context):
    (proc / "net" / "ra").write_text("1\n")

    items = list(kernel.plan_sysctls({"-net.ra": 0, "-net.nothere": 0}, context))

    assert [(item.subject, item.reason) for item in items] == [("sysctl net.ra", "is 1, not 0")]

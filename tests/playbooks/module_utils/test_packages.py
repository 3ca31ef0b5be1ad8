import pytest
from ansible.module_utils.mecctl import managers, packages
from ansible.module_utils.mecctl.command import Output
from ansible.module_utils.mecctl.item import NodeError

STATUS = """Package: runc
Status: install ok installed

Package: iptables
Status: deinstall ok config-files

"""
RPMS = "runc\nkernel\n"
UNTOLD = "E: Unable to locate package nowhere"


@pytest.fixture
def ran(monkeypatch, tmp_path):
    """The programs and verbs that were run, with the packages that they were given."""
    path = tmp_path / "status"
    path.write_text(STATUS)
    monkeypatch.setattr(managers, "STATUS", path)
    called = []

    def run(words, **_):
        if words[0] == "rpm":
            return Output(0, RPMS, "")
        called.append([word for word in words if not word.startswith("-") and "::" not in word])
        return Output("nowhere" in words, "", UNTOLD)

    monkeypatch.setattr(managers, "run", run)
    return called


@pytest.fixture
def has(monkeypatch):
    """Let the system have one package manager and no other."""

    def only(program):
        monkeypatch.setattr(managers.shutil, "which", lambda name: f"/usr/bin/{name}" if name == program else None)

    only("apt-get")
    return only


@pytest.mark.usefixtures("has")
def test_only_what_is_wholly_installed_counts(ran, context):
    items = list(packages.plan_packages(["runc", "iptables", "nftables"], context))

    assert [item.subject for item in items] == ["package iptables", "package nftables"]


@pytest.mark.parametrize("program", ["apt-get", "dnf", "zypper"])
def test_all_that_is_missing_comes_by_one_run(ran, has, context, program):
    has(program)
    for item in packages.plan_packages(["iptables", "nftables", "runc"], context):
        item.act()

    assert ran == [[program, "install", "iptables", "nftables"]]


@pytest.mark.parametrize("program", ["apt-get", "dnf"])
def test_the_manager_is_not_asked_when_all_is_there(ran, has, context, program):
    has(program)

    assert list(packages.plan_packages(["runc"], context)) == []
    assert ran == []


@pytest.mark.parametrize(("program", "refresh"), [("apt-get", "update"), ("dnf", "makecache"), ("zypper", "refresh")])
def test_what_there_is_not_is_said_in_the_managers_words_after_a_look_at_new_lists(ran, has, context, program, refresh):
    has(program)
    (item,) = packages.plan_packages(["nowhere"], context)

    with pytest.raises(NodeError, match=f"{program} could not install nowhere") as caught:
        item.act()

    assert caught.value.why == UNTOLD
    assert [words[1] for words in ran] == ["install", refresh, "install"]


@pytest.mark.usefixtures("has")
@pytest.mark.parametrize(("declared", "missing"), [("chrony | runc", []), ("chrony | ntp", ["package chrony"])])
def test_one_of_several_is_enough_and_without_any_the_first_is_installed(ran, context, declared, missing):
    assert [item.subject for item in packages.plan_packages([declared], context)] == missing


def test_a_system_without_a_manager_that_is_known_is_told(ran, has, context):
    has("pacman")

    with pytest.raises(NodeError, match="can't be managed"):
        list(packages.plan_packages(["runc"], context))

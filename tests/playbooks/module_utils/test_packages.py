import pytest
from ansible.module_utils.mecctl import packages
from ansible.module_utils.mecctl.command import Output
from ansible.module_utils.mecctl.item import NodeError

STATUS = """Package: runc
Status: install ok installed

Package: iptables
Status: deinstall ok config-files

"""


@pytest.fixture
def apt(monkeypatch, tmp_path):
    path = tmp_path / "status"
    path.write_text(STATUS)
    monkeypatch.setattr(packages, "STATUS", path)
    ran = []

    def run(words, **_):
        ran.append([word for word in words if not word.startswith("-") and "::" not in word])
        return Output(ran[0][1] == "install" and "nowhere" in words, "", "E: Unable to locate package nowhere")

    monkeypatch.setattr(packages, "run", run)
    return ran


def test_only_what_is_wholly_installed_counts(apt, context):
    items = list(packages.plan_packages(["runc", "iptables", "nftables"], context))

    assert [item.subject for item in items] == ["package iptables", "package nftables"]


def test_all_that_is_missing_comes_by_one_run(apt, context):
    for item in packages.plan_packages(["iptables", "nftables"], context):
        item.act()

    assert apt == [["apt-get", "install", "iptables", "nftables"]]


def test_apt_is_not_asked_when_all_is_there(apt, context):
    assert list(packages.plan_packages(["runc"], context)) == []
    assert apt == []


def test_what_debian_does_not_have_is_said_in_its_words(apt, context):
    (item,) = packages.plan_packages(["nowhere"], context)

    with pytest.raises(NodeError) as caught:
        item.act()

    assert caught.value.why == "E: Unable to locate package nowhere"
    assert [words[1] for words in apt] == ["install", "update", "install"]


@pytest.mark.parametrize(("declared", "missing"), [("chrony | runc", []), ("chrony | ntp", ["package chrony"])])
def test_one_of_several_is_enough_and_without_any_the_first_is_installed(apt, context, declared, missing):
    assert [item.subject for item in packages.plan_packages([declared], context)] == missing

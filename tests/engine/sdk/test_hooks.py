"""Functions of a program that run before and after its resources change."""

from typing import TYPE_CHECKING

import pytest

from mecctl.engine.run.failures import ProgramError
from tests.support.cases import told

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.e2e

# Every hook writes a line of what it was told into the file that the configuration names.
TELLING = """
from pathlib import Path
def tell(args, moment):
    new, old = args.new_inputs, args.old_inputs
    words = [moment, args.name, "new" if new else "-", "old" if old else "-",
        "made" if args.new_outputs and args.new_outputs.get("metadata", {}).get("uid") else "-"]
    with Path(config.require("told")).open("a") as file:
        file.write(" ".join(words) + chr(10))
def hook(moment, **opts):
    return pulumi.ResourceHook(moment, lambda args: tell(args, moment), pulumi.ResourceHookOptions(**opts))
moments = ["before_create", "after_create", "before_update", "after_update", "before_delete", "after_delete"]
bound = pulumi.ResourceHookBinding(**{moment: [hook(moment)] for moment in moments})
"""
ERROR_HOOK = """
hook = pulumi.ErrorHook("x", lambda args: False)
binding = pulumi.ResourceHookBinding(on_error=[hook])
ConfigMap("a", metadata={"namespace": ns, "name": "a"}, opts=ResourceOptions(hooks=binding))
"""


@pytest.fixture
def lines(case):
    file: Path = case.folder / "told"
    file.touch()

    def read() -> list[str]:
        found = file.read_text().splitlines()
        file.write_text("")
        return found

    return str(file), read


def test_hooks_run_around_create_update_and_delete(case, lines):
    file, read = lines
    source = (
        TELLING
        + """
if config.get("k"):
    ConfigMap("a", metadata={"namespace": ns, "name": "a"}, data={"k": config.require("k")},
        opts=ResourceOptions(hooks=bound))
"""
    )
    case.preview(source, told=file, k="1")
    assert read() == []
    case.up(source, told=file, k="1")
    assert read() == ["before_create a new - -", "after_create a new - made"]
    assert case.up(source, told=file, k="1").changes == ()
    assert read() == []
    case.up(source, told=file, k="2")
    assert read() == ["before_update a new old -", "after_update a new old made"]
    assert told(case.up(source, told=file)) == [("delete", "a")]
    assert read() == ["before_delete a - old -", "after_delete a - old -"]
    assert case.names() == set()


def test_a_replacement_runs_the_hooks_of_both(case, lines):
    file, read = lines
    source = (
        TELLING
        + """
ConfigMap("a", metadata={"namespace": ns, "name": config.require("name")}, data={}, opts=ResourceOptions(hooks=bound,
    delete_before_replace=config.get_bool("first") or False))
"""
    )
    case.up(source, told=file, name="one")
    read()
    case.up(source, told=file, name="two")
    assert [line.split()[0] for line in read()] == ["before_create", "after_create", "before_delete", "after_delete"]
    case.up(source, told=file, name="three", first="true")
    assert [line.split()[0] for line in read()] == ["before_create", "before_delete", "after_delete", "after_create"]
    assert case.names() == {"three"}


def test_components_have_hooks_and_previews_run_those_that_want_it(case, lines):
    file, read = lines
    source = (
        TELLING
        + """
class Box(pulumi.ComponentResource):
    def __init__(self, name, opts):
        super().__init__("test:box:Box", name, {"size": config.require("size")}, opts)
        self.register_outputs({})
here = hook("here", on_dry_run=True)
ours = pulumi.ResourceHookBinding(before_create=[here], after_create=[here], before_update=[here], after_update=[here],
    after_delete=[here])
if config.get("size"):
    Box("box", ResourceOptions(hooks=ours))
"""
    )
    for verb in (case.preview, case.up):
        verb(source, told=file, size="1")
        assert read() == ["here box new - -"] * 2
    case.up(source, told=file, size="2")
    assert read() == ["here box new old -"] * 2
    case.up(source, told=file)
    assert read() == ["here box - old -"]


def test_a_before_hook_that_fails_keeps_its_resource_from_changing(case):
    source = """
def bad(args):
    raise ValueError("not today")
hook = pulumi.ResourceHook("bad", bad)
before = pulumi.ResourceHookBinding(before_create=[hook], before_update=[hook], before_delete=[hook])
a = ConfigMap("a", metadata={"namespace": ns, "name": "a"}, opts=ResourceOptions(hooks=before))
ConfigMap("needs-a", metadata={"namespace": ns, "name": "needs-a"}, opts=ResourceOptions(depends_on=[a]))
ConfigMap("b", metadata={"namespace": ns, "name": "b"})
"""
    assert len(case.preview(source).changes) == 3
    with pytest.raises(ProgramError, match=r"its hook 'bad' .BeforeCreate. failed") as failed:
        case.up(source)
    assert "not today" in str(failed.value)
    assert case.names() == {"b"}


def test_an_after_hook_that_fails_fails_the_run_and_not_the_resource(case):
    source = """
async def bad(args):
    raise ValueError("too late")
opts = pulumi.ResourceHookOptions(ignore_errors=config.get_bool("ignore") or False)
after = pulumi.ResourceHookBinding(after_create=[pulumi.ResourceHook("bad", bad, opts)])
a = ConfigMap("a", metadata={"namespace": ns, "name": config.require("name")}, opts=ResourceOptions(hooks=after))
ConfigMap("needs-a", metadata={"namespace": ns, "name": "needs-a"}, opts=ResourceOptions(depends_on=[a]))
"""
    with pytest.raises(ProgramError, match="too late") as failed:
        case.up(source, name="a")
    assert told(failed.value.outcome) == [("create", "a"), ("create", "needs-a")]
    assert case.names() == {"a", "needs-a"}
    assert case.up(source, name="a").changes == ()
    case.up(source, name="other", ignore="true")
    assert case.names() == {"other", "needs-a"}


def test_a_hook_of_a_delete_needs_the_program(case, lines):
    file, read = lines
    source = (
        TELLING
        + """
ConfigMap("a", metadata={"namespace": ns, "name": "a"}, opts=ResourceOptions(hooks=bound))
"""
    )
    case.up(source, told=file)
    read()
    with pytest.raises(ProgramError, match="its hook 'before_delete' is not there"):
        case.destroy()
    assert case.names() == {"a"}
    case.up(TELLING, told=file)
    assert read() == ["before_delete a - old -", "after_delete a - old -"]
    assert case.destroy().changes == ()


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("[pulumi.ResourceHook('x', print) for _ in range(2)]", "two hooks named 'x'"),
        (ERROR_HOOK, "error hooks, which the engine doesn't do(.|\n)*engine: pulumi"),
    ],
)
def test_hooks_that_the_engine_does_not_do_are_refused(case, source, said):
    for act in (case.preview, case.up):
        with pytest.raises(ProgramError, match=said):
            act(source)
    assert case.names() == set()

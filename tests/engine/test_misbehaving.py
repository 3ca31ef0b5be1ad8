"""Programs that do what programs shouldn't: each is told for what it is, and keeps what was done."""

import pytest

from mecctl.engine.run.failures import ProgramError
from tests.support.cases import told

pytestmark = pytest.mark.e2e

MADE = 'made = ConfigMap("made", metadata={"namespace": ns, "name": "made"})\n'


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("raise RuntimeError('stop')", "RuntimeError: stop"),
        ("import sys; sys.exit(3)", "SystemExit: 3"),
        ("import sys; sys.exit('no good')", "no good"),
        ("import nothing_of_this_name", "nothing_of_this_name"),
        ("def broken(:", "SyntaxError"),
        ("made.metadata.name.apply(lambda name: 1 / 0)", "ZeroDivisionError"),
        ("ConfigMap('m', metadata='text')", "no apiVersion, kind and metadata"),
        ("ConfigMap('m', metadata={'namespace': ns, 'name': 'm'}, data={'k': {'a': 1}})", "data.k"),
        ("ConfigMap('m', metadata={'namespace': ns, 'name': 'm'}, data='text')", "data"),
        ("ConfigMap('m', nothing=1)", "nothing"),
        ("pulumi.Config().require('missing')", "missing"),
        ("pulumi.log.error('it went wrong')", "it went wrong"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_made_is_kept(case, source, said):
    with pytest.raises(ProgramError) as failed:
        case.up(MADE + source)
    assert said in str(failed.value)
    assert "Traceback" not in str(failed.value)
    assert told(case.up(MADE)) == ([] if told(failed.value.outcome) else [("create", "made")])
    assert case.names() == {"made"}


def test_a_program_that_ends_itself_well_has_ended_well(case):
    case.up(MADE)
    assert told(case.up("import sys; sys.exit(0)")) == [("delete", "made")]


def test_configuration_secrets_logs_and_other_tasks(case):
    source = """
    import asyncio
    word = config.require_secret("word")
    pulumi.log.warn("be warned")
    async def main():
        values = await asyncio.gather(*[asyncio.to_thread(lambda one=one: one) for one in range(3)])
        data = {"sum": str(sum(values)), "word": word}
        made = ConfigMap("made", metadata={"namespace": ns, "name": "made"}, data=data)
        return {"uid": made.metadata.uid, "object": config.require_object("object")["a"]}
    pulumi.run(main)
    """
    made = case.up(source, word="canary-config", object='{"a": [1]}')
    assert made.outputs["object"] == [1]
    assert case.get("ConfigMap", "made")["data"] == {"sum": "3", "word": "canary-config"}
    assert "canary-config" not in (case.state / ".pulumi/stacks/case/dev.json").read_text()

"""An audit as one HTML page that needs nothing else: no script, no font, no picture from elsewhere."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from mecctl.report.audit import NAMES, counts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mecctl.audit.assess import Audit
    from mecctl.audit.changes import Changes
    from mecctl.audit.control import Answer, Finding

_STYLE = """\
body { font: 15px/1.45 sans-serif; margin: 2em auto; max-width: 75em; padding: 0 1em; color: #222 }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; vertical-align: top; padding: .35em .6em }
tr { border-bottom: 1px solid #ddd } code { font-size: 13px; overflow-wrap: anywhere }
.pass { color: #1a7f37 } .fail { color: #b3261e; font-weight: bold } .not-applicable { color: #666 }
.reason { color: #666 } ul { margin: 0; padding-left: 1.1em }"""


def audit_to_html(audit: Audit, since: Changes | None) -> str:
    """Return the page: sums, what changed, and each control with its evidence, failures first in each benchmark."""
    title = f"{audit.site}: audit"
    return "\n".join(
        [
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            f"<title>{escape(title)}</title>\n<style>\n{_STYLE}\n</style>\n</head>\n<body>",
            f"<h1>{escape(title)}</h1>",
            *_sums(audit),
            *_changes(since),
            *(line for benchmark in NAMES for line in _benchmark(audit, benchmark)),
            "</body>\n</html>\n",
        ]
    )


def _sums(audit: Audit) -> Iterator[str]:
    yield "<table>\n<tr><th>Benchmark</th><th>pass</th><th>fail</th><th>not applicable</th></tr>"
    for one, name in NAMES.items():
        cells = "".join(f'<td class="{result}">{count}</td>' for result, count in counts(audit, one).items())
        yield f'<tr><td><a href="#{one}">{escape(name)}</a></td>{cells}</tr>'
    yield "</table>"


def _changes(since: Changes | None) -> Iterator[str]:
    if since is None:
        return
    yield f"<p>Since {escape(since.since)}: {_named('fail', since.failing)}; {_named('mended', since.mended)}.</p>"


def _named(what: str, keys: tuple[str, ...]) -> str:
    return f"{what}: {escape(', '.join(keys)) or 'none'}"


def _benchmark(audit: Audit, benchmark: str) -> Iterator[str]:
    yield f'<h2 id="{benchmark}">{escape(NAMES[benchmark])}</h2>'
    yield "<table>\n<tr><th>Id</th><th>Control</th><th>Result</th><th>To act</th><th>Evidence</th></tr>"
    answers = [answer for answer in audit.answers if answer.benchmark == benchmark]
    yield from map(_row, sorted(answers, key=lambda answer: answer.result != "fail"))
    yield "</table>"


def _row(answer: Answer) -> str:
    evidence = "".join(f"<li>{_finding(one)}</li>" for one in answer.findings)
    control, result = answer.control, str(answer.result)
    return (
        f"<tr><td>{escape(control.id)}</td><td>{escape(control.title)}</td>"
        f'<td class="{result}">{result}</td><td>{control.owner}</td><td><ul>{evidence}</ul></td></tr>'
    )


def _finding(one: Finding) -> str:
    place = f"{escape(one.subject)}: " if one.subject else ""
    reason = f' <span class="reason">({escape(one.reason)})</span>' if one.reason else ""
    return f'{place}<span class="{one.result}"><code>{escape(one.source)}</code>: {escape(one.found)}</span>{reason}'

"""Rates over time as a picture: one chart a slice and direction, in SVG 1.1 written by hand."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from mecctl.model.quantity import format_bit_rate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mecctl.plan.series import Series

_WIDTH, _HEIGHT = 720, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 80, 130, 40, 40
_COLOURS = {"alone": "#1f77b4", "together": "#d62728", "maximum": "#555555", "guaranteed": "#2ca02c"}
_STEPS = (1, 2, 2.5, 5, 10)
_UNITS = ((10**9, "Gbps"), (10**6, "Mbps"), (10**3, "Kbps"), (1, "bps"))


def plot(site: str, series: Sequence[Series]) -> str:
    """Return an SVG document: a point for each second, declared rates as dashed lines."""
    charts = [list(group) for _, group in groupby(sorted(series, key=_chart), key=_chart)]
    height = _HEIGHT * max(1, len(charts))
    return "\n".join(
        [
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" '
                f'viewBox="0 0 {_WIDTH} {height}" font-family="sans-serif" font-size="12">'
            ),
            f"<title>{escape(site)}: rates of slices</title>",
            f'<rect width="{_WIDTH}" height="{height}" fill="white"/>',
            *(line for place, chart in enumerate(charts) for line in _draw(chart, place * _HEIGHT)),
            *([] if charts else [_text(20, 30, "no rates were measured")]),
            "</svg>",
            "",
        ]
    )


def _chart(one: Series) -> tuple[str, str]:
    return one.slice, one.direction


def _draw(chart: list[Series], top: int) -> Iterator[str]:
    seconds = max((len(one.rates) for one in chart), default=0) or 1
    declared = {"maximum": chart[0].maximum, "guaranteed": chart[0].guaranteed}
    highest = max([rate for one in chart for rate in one.rates] + [rate or 0 for rate in declared.values()] + [1])
    step = _step(highest)
    ceiling = step * (int(highest / step) + 1)

    def x(second: float) -> float:
        return _LEFT + second * (_WIDTH - _LEFT - _RIGHT) / seconds

    def y(rate: float) -> float:
        return top + _HEIGHT - _BOTTOM - rate * (_HEIGHT - _TOP - _BOTTOM) / ceiling

    yield _text(_LEFT, top + 22, f"{chart[0].slice}, {chart[0].direction}", "bold")
    for tick in range(int(ceiling / step) + 1):
        yield _line(x(0), x(seconds), y(tick * step), "#dddddd")
        yield _text(8, y(tick * step) + 4, _figure(tick * step, ceiling))
    for second in range(seconds + 1):
        yield _text(x(second) - 4, top + _HEIGHT - _BOTTOM + 18, f"{second}{' s' if second == seconds else ''}")
    for name, rate in declared.items():
        if rate is not None:
            yield _line(x(0), x(seconds), y(rate), _COLOURS[name], dashed=True)
            yield _text(x(seconds) + 6, y(rate) + 4, f"{name} {format_bit_rate(rate)}", colour=_COLOURS[name])
    for place, one in enumerate(chart):
        yield from _curve([(x(second + 0.5), y(rate)) for second, rate in enumerate(one.rates)], _COLOURS[one.phase])
        yield _text(_LEFT + 200 + 100 * place, top + 22, f"● {one.phase}", colour=_COLOURS[one.phase])


def _curve(points: list[tuple[float, float]], colour: str) -> Iterator[str]:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
    yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points)


def _line(left: float, right: float, y: float, colour: str, *, dashed: bool = False) -> str:
    dash = ' stroke-dasharray="6 4"' if dashed else ""
    return f'<line x1="{left:.1f}" y1="{y:.1f}" x2="{right:.1f}" y2="{y:.1f}" stroke="{colour}"{dash}/>'


def _text(x: float, y: float, text: str, weight: str = "normal", colour: str = "black") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-weight="{weight}" fill="{colour}">{escape(text)}</text>'


def _step(highest: float) -> float:
    """Return a round number that gives about four steps up to `highest`."""
    size = 10.0 ** (len(str(int(highest / 4) or 1)) - 1)
    return next(factor * size for factor in _STEPS if factor * size * 4 >= highest)


def _figure(rate: float, ceiling: float) -> str:
    size, unit = next((size, unit) for size, unit in _UNITS if ceiling >= size)
    return f"{rate / size:g} {unit}"

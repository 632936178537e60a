"""The plot of the medians, written as SVG: a row a class, a dot an engine, milliseconds on a logarithmic axis."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from benchmarks.queries import CLASSES

_COLOURS = {
    "yaodian": "#b3001b",
    "arrays": "#e36414",
    "tantivy": "#1d4e89",
    "sqlite": "#5a8f3c",
    "bm25s": "#8a6fb3",
    "whoosh-well": "#555555",
    "whoosh-plain": "#aaaaaa",
}
_LEFT, _WIDTH, _ROW, _TOP = 190, 560, 26, 54


def fullest(results: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """Return the size that most engines were measured at, the largest of those, and its figures."""
    sizes: Mapping[str, Any] = results["sizes"]
    return max(sizes.items(), key=lambda item: (len(item[1]["engines"]), int(item[0])))


def draw(results: Mapping[str, Any]) -> str:
    """Return the plot of the size that most engines were measured at."""
    size, measured = fullest(results)
    classes = [kind for kind in CLASSES if kind in measured["classes"]]
    medians = {
        kind: {name: max(figures["p50"], 0.01) for name, figures in measured["classes"][kind]["times"].items()}
        for kind in classes
    }
    values = [value for each in medians.values() for value in each.values()] or [1.0]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)) + 1e-9)
    high = max(high, low + 1)

    def across(value: float) -> float:
        return round(_LEFT + _WIDTH * (math.log10(value) - low) / (high - low), 1)

    bottom = _TOP + _ROW * len(classes)
    shapes = []
    for power in range(low, high + 1):
        x = across(10.0**power)
        shapes.append(f'<line x1="{x}" y1="{_TOP - 8}" x2="{x}" y2="{bottom}" stroke="#ddd"/>')
        shapes.append(f'<text x="{x}" y="{bottom + 16}" text-anchor="middle">{10.0**power:g}</text>')
    for number, kind in enumerate(classes):
        y = _TOP + _ROW * number + 8
        label = escape(CLASSES[kind].split(":")[0])
        shapes.append(f'<text x="{_LEFT - 10}" y="{y + 4}" text-anchor="end">{label}</text>')
        for name, value in reversed(medians[kind].items()):  # ours on top
            said = escape(f"{name}: {value:g} ms")
            colour = _COLOURS.get(name, "#000")
            shapes.append(f'<circle cx="{across(value)}" cy="{y}" r="5" fill="{colour}"><title>{said}</title></circle>')
    x = float(_LEFT)
    for name in measured["engines"]:
        shapes.append(f'<circle cx="{x}" cy="34" r="5" fill="{_COLOURS.get(name, "#000")}"/>')
        shapes.append(f'<text x="{x + 9}" y="38">{escape(name)}</text>')
        x += 24 + 7.5 * len(name)
    title = f"Median milliseconds by kind of question, {int(size):,} paragraphs"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_LEFT + _WIDTH + 30} {bottom + 30}" '
        f'font-family="sans-serif" font-size="12" role="img" aria-label="{title}">'
        f'<rect width="100%" height="100%" fill="#fff"/><text x="{_LEFT}" y="18" font-size="14">{title}</text>'
        + "".join(shapes)
        + "</svg>\n"
    )

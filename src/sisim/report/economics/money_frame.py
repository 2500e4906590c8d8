"""What the pictures of money share: a title, whose money, and where the numbers come from."""

from __future__ import annotations

from matplotlib.figure import Figure

from sisim.economics.valuation import Valuation
from sisim.report.comparison_text import footer
from sisim.report.economics.money_words import conventions
from sisim.report.frame import EDGE
from sisim.report.style import FINE, HIGH, MUTED, WIDE, canvas, fit, wrap, write


def money_canvas(
    result: Valuation,
    title: str,
    subtitle: str,
    *,
    everyone: bool = False,
    tail: bool = True,
) -> Figure:
    """Return a picture with a title, a line below it, and at its foot whose money is meant."""
    figure = canvas(WIDE, HIGH)
    write(figure, EDGE, 10, fit(figure, title, WIDE - 2 * EDGE, 22, bold=True), size=22, bold=True)
    write(figure, EDGE, 40, fit(figure, subtitle, WIDE - 2 * EDGE), color=MUTED)
    text = conventions(result.scenario, everyone=everyone, tail=tail)
    stated = wrap(figure, text, WIDE - 2 * EDGE, FINE).split("\n")
    for index, line in enumerate(reversed(stated)):
        write(figure, EDGE, HIGH - 42 - 20 * index, line, size=FINE, color=MUTED)
    write(figure, EDGE, HIGH - 22, footer(result), size=FINE, color=MUTED)
    return figure

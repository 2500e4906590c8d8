"""The numbers behind the curves: read off at a year that is pointed at, and as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sisim.analysis.comparison import Comparison, Which
from sisim.i18n import current_language, t
from sisim.live.tags import Tag
from sisim.report.comparison_text import number_of
from sisim.report.formats import decimal
from sisim.report.frame import unit_of

DIGITS = 1


def measures(comparison: Comparison) -> list[tuple[str, str, str, float]]:
    """Return what is read off: a curve, its ids in a chart (if it is drawn), its name and unit."""
    unit = unit_of(comparison)
    return [
        ("cost", "cost-{arm}", t("Cost, {unit}", unit=unit.label()), unit.size),
        ("entries", "inflow-{arm}", t("New cases"), 1.0),
        ("first", "first-{arm}", t("of which for the first time"), 1.0),
        ("stock", "", t("Ongoing cases"), 1.0),
    ]


def words(comparison: Comparison) -> dict[str, Any]:
    """Return what the browser needs to say the numbers of a year, which it has in its curves."""
    return {
        "lang": "sv-SE" if current_language() == "sv" else "en-GB",
        "digits": DIGITS,
        "heads": [t("Without"), t("With")],
        "rows": [
            {"name": name, "ids": [ids.format(arm=arm) for arm in ("without", "with")]}
            for _, ids, name, _ in measures(comparison)
            if ids
        ],
    }


def table(comparison: Comparison, shown: Sequence[Which], kept: Comparison | None = None) -> None:
    """Put a table of every number that the figures show where the page is being built.

    Args:
        comparison: What is shown.
        shown: The figures.
        kept: The same by setting A, where it is kept.
    """
    sides = [
        (t("Without"), comparison.without),
        *((number_of(which), comparison.side(which)) for which in shown),
    ]
    if kept is not None:
        sides += [(t("{figure}, A", figure=number_of(which)), kept.side(which)) for which in shown]
    with Tag("table", css="plan", id="as-table"):
        Tag("caption", t("The numbers behind the curves"), "sr-only")
        with Tag("thead"):
            with Tag("tr"):
                Tag("td")
                for _, _, name, _ in measures(comparison):
                    Tag("th", name, scope="colgroup", colspan=len(sides))
            with Tag("tr"):
                Tag("th", t("Year"), scope="col")
                for _ in measures(comparison):
                    for name, _ in sides:
                        Tag("th", name, scope="col")
        with Tag("tbody"):
            for n, year in enumerate(comparison.years):
                with Tag("tr"):
                    Tag("th", str(year), scope="row")
                    for curve, _, _, size in measures(comparison):
                        for _, side in sides:
                            value = float(getattr(side, curve).mean[n]) / size
                            Tag("td", decimal(value, DIGITS))

"""The figures compare whole years, and say what is no year."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.any_counts import counts

from sisim.analysis.comparison import compare
from sisim.i18n import Lang
from sisim.report.comparison_text import scope
from sisim.results import Results


def of(start: str, years: float, history: float = 1) -> Results:
    """Return results of some years from a month, the first of them marked."""
    first = int(start[:4])
    time = {"start": start, "years": years, "history": history, "warm_up": 2}
    figures = {"project": "ends", "new_way": "new_way", "case": "placed", "year": first}
    return Results(counts(3, time=time, figures=figures))


@pytest.mark.parametrize(
    ("start", "years", "history", "shown"),
    [
        ("2026-01", 3, 1, [2025, 2026, 2027, 2028]),
        ("2026-01", 2.5, 1, [2025, 2026, 2027]),
        ("2026-02", 2.5, 0.5, [2026, 2027]),
        ("2025-08", 2, 0, [2025, 2026]),
        ("2026-01", 0.5, 0, [2026]),
    ],
)
def test_only_whole_years_are_compared_where_there_are_any(
    start: str, years: float, history: float, shown: list[int]
) -> None:
    result = of(start, years, history)
    story = compare(result)
    assert story.years.tolist() == shown
    cost = story.without.cost
    book = result.ledger.total(lambda line: line.kind == "use" and not line.ordinary)
    first = round(12 * history)
    year = slice(first, first + (12 if years >= 1 else round(12 * years)))
    assert cost.at(story.start) == pytest.approx(book[:, 0, year].sum(axis=1).mean())


@pytest.mark.parametrize(
    ("start", "years", "said"),
    [
        ("2026-01", 3, {"en": "", "sv": ""}),
        (
            "2025-08",
            3,
            {
                "en": "Years are counted from the start: 2025 is 2025-08 to 2026-07.",
                "sv": "År räknas från starten: 2025 är 2025-08 till 2026-07.",
            },
        ),
        (
            "2026-01",
            2.5,
            {
                "en": "The last 6 months are no whole year and are left out of the curves.",
                "sv": "De sista 6 månaderna är inget helt år och visas inte i kurvorna.",
            },
        ),
    ],
)
@pytest.mark.parametrize("lang", ["en", "sv"], indirect=True)
def test_it_is_said_what_a_year_is_where_it_is_not_plain(
    lang: Lang, start: str, years: float, said: dict[str, Any]
) -> None:
    told = scope(compare(of(start, years)))
    plain = scope(compare(of("2026-01", 3)))
    assert told.endswith(said[lang])
    assert (told == plain) == (not said[lang])

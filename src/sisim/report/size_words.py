"""What is said of a scenario whose number of people is another than its file says."""

from __future__ import annotations

from sisim.i18n import number, t
from sisim.loading.sample import changed_size
from sisim.report.analysis.assumption_words import Assumptions
from sisim.report.formats import listing, lower, money
from sisim.scenario.scenario import Scenario


def size_words(scenario: Scenario) -> list[str]:
    """Return what has been scaled with the number of people, and a warning of what has not."""
    found = []
    size = changed_size(scenario)
    if size is not None and size.scaled:
        words = Assumptions(scenario)
        parts = [
            t(
                "{what} {now} of {before}",
                what=lower(words.name(path)),
                now=_amount(path, now),
                before=_amount(path, before),
            )
            for path, (before, now) in size.scaled.items()
        ]
        found.append(
            t(
                "Scaled to {n} of {all} residents: {parts}.",
                n=number(size.people),
                all=number(size.before),
                parts=listing(parts),
            )
        )
        if scenario.contracts or scenario.funds:
            found.append(
                t("Warning: amounts that are agreed with funds and in contracts are not scaled.")
            )
    return [*found, *([warning] if (warning := size_warning(scenario)) else [])]


def _amount(path: str, value: float) -> str:
    return number(value) if path.endswith(".capacity") else money(value)


def size_warning(scenario: Scenario, *, brief: bool = False) -> str:
    """Return the warning that people are fewer or more, and the investment is not; may be empty."""
    size = changed_size(scenario)
    if size is None or not size.unscaled:
        return ""
    if brief:
        return t(
            "Warning: the number of people is {n} instead of {all}, but places and fixed costs are "
            "as for {all}.",
            n=number(size.people),
            all=number(size.before),
        )
    words = Assumptions(scenario)
    parts = [
        f"{lower(words.name(path))} {_amount(path, now)}" for path, now in size.unscaled.items()
    ]
    said = {"n": number(size.people), "all": number(size.before), "parts": listing(parts)}
    if scenario.population.cohort is not None:
        return t(
            "Warning: the number of people is {n} instead of {all}, but this is as for {all}: "
            "{parts}. Change it too.",
            **said,
        )
    return t(
        "Warning: the number of residents is {n} instead of {all}, but this is as for {all}: "
        "{parts}. --residents {count} scales it too.",
        count=size.people,
        **said,
    )

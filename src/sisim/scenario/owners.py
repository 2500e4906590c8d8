"""Who answers for a number (law L8)."""

from __future__ import annotations

from typing import NamedTuple

from sisim.i18n import t
from sisim.scenario.pathway import Factor, Pathway
from sisim.scenario.scenario import Scenario
from sisim.scenario.types import Number

TAIL = "time.tail."
"""Where the numbers of a scenario's tail stand."""


def grade_name(grade: str | None) -> str:
    """Return what a number is built on; empty if the file does not say."""
    return {
        "measured": t("measured"),
        "derived": t("derived"),
        "literature": t("literature"),
        "assumption": t("assumption"),
    }.get(grade or "", "")


class Owner(NamedTuple):
    """Who answers for a number."""

    grade: str | None
    source: str | None
    note: str | None


def owner_of(path: str, number: Number, node: Scenario | Pathway) -> Owner:
    """Return who answers for the number at `path`: itself, or else the factor it stands in.

    A factor's source is that of its values, and not of which share of them is causal. What follows
    by a formula is derived, if nothing else is said.
    """
    own = node if isinstance(node, Pathway) else node.pathway
    if isinstance(node, Scenario) and path.startswith(TAIL) and node.time.tail is not None:
        own = node.time.tail
    head, _, rest = path.removeprefix("pathway.").removeprefix(TAIL).partition(".")
    name, _, key = rest.partition(".")
    factor = own.factors.get(name) if head == "factors" and key != "causal_share" else None
    owners: list[Number | Factor] = [number] if factor is None else [number, factor]
    found = Owner(
        *(
            next((v for o in owners if (v := getattr(o, field)) is not None), None)
            for field in Owner._fields
        )
    )
    return found._replace(grade="derived") if found.grade is None and number.formula else found

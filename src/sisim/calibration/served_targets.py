"""Which targets of a pathway a key figure may serve, and how its unit becomes that of the target.

Found by what the titles say: the same ages, a unit that can be converted, and most of the words of
the target. Whether both count the same is for the reader to judge.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from sisim.loading.figure_units import FigureUnit, ages_in, understood
from sisim.loading.key_figure import KeyFigure, Sex
from sisim.scenario.pathway import Pathway, Target

MOST = 3
"""So many targets of a key figure are told, the likeliest first."""
ALIKE = 0.5
"""Of the words of a target more must be in the title of the key figure; all, if it is of some."""
_SEXES: dict[str, Sex] = {"boy": "men", "man": "men", "girl": "women", "woman": "women"}
_UNITS = {
    "months_in_year": FigureUnit("months"),
    "mean_duration": FigureUnit("months"),
}
"""Of measures of time, where the target does not say."""
_WORDS = re.compile(r"[a-zåäöé]{3,}")
_EMPTY = frozenset(
    _WORDS.findall(
        "och för med som vid per inom före efter under året års ålder någon gång minst andel antal "
        "eller den det har inte över till från alla sina ett the and for with who within before "
        "after during year aged any share number least that their"
    )
)
"""Words that say nothing of what is counted."""


@dataclass(frozen=True)
class ServedTarget:
    """A target that a key figure may serve.

    Attributes:
        code: Of the key figure.
        name: Of the target.
        target: The target.
        factor: What the key figure is multiplied by.
        sex: Of whom the target is.
        alike: The share of the target's words that the title has.
    """

    code: str
    name: str
    target: Target
    factor: float
    sex: Sex
    alike: float


def served(figures: Sequence[KeyFigure], pathway: Pathway) -> list[ServedTarget]:
    """Return which targets key figures may serve, the likeliest first for each.

    Args:
        figures: The key figures.
        pathway: Whose targets.
    """
    found: list[ServedTarget] = []
    for code in dict.fromkeys(one.code for one in figures):
        own = [one for one in figures if one.code == code and one.value is not None]
        every = sorted(_of(own, pathway), key=lambda one: -one.alike)
        found += every[:MOST]
    return found


def _of(own: Sequence[KeyFigure], pathway: Pathway) -> Iterator[ServedTarget]:
    """Yield the targets that one key figure may serve."""
    if not own:
        return
    first, sexes = own[0], {one.sex for one in own}
    unit = understood(first.unit)
    if unit is None:
        return
    ages = ages_in(f"{first.label} {first.unit}")
    for name, target in pathway.targets.items():
        wanted = unit_of(target)
        sex = _sex(target.arguments)
        if wanted is None or wanted.kind != unit.kind or sex not in sexes:
            continue
        if ages is not None and not _same_ages(ages, target.arguments.get("ages")):
            continue
        alike = max(_alike(label, first.label) for label in (target.label.sv, target.label.en))
        if alike == 1 or (alike > ALIKE and not _narrow(target.arguments)):
            yield ServedTarget(first.code, name, target, wanted.per / unit.per, sex, alike)


def unit_of(target: Target) -> FigureUnit | None:
    """Return what a target is in, as key figures are; None if it is of no such kind."""
    if "ratio" in target.unit.en or "versus" in target.arguments:
        return None
    if target.measure in _UNITS:
        return _UNITS[target.measure]
    said = understood(target.unit.en)
    if said is None:
        return None
    per = target.arguments.get("per")
    return FigureUnit(said.kind, float(per)) if said.kind == "share" and per else said


def _sex(arguments: dict[str, Any]) -> Sex:
    where = arguments.get("where")
    of_whom = where.get("attribute.sex") if isinstance(where, dict) else None
    return _SEXES.get(str(of_whom), "total")


def _narrow(arguments: dict[str, Any]) -> bool:
    """Return whether a target is only of some, by something else than sex."""
    where = arguments.get("where")
    return isinstance(where, dict) and set(where) != {"attribute.sex"}


def _same_ages(ages: tuple[float, float], wanted: Any) -> bool:
    """Return whether a target is of the same ages; a hundred years and more is no end."""
    if not isinstance(wanted, list) or len(wanted) != 2:
        return False
    low, high = wanted
    return bool(low == ages[0] and (high == ages[1] or (high >= 100 and ages[1] > 100)))


def _alike(label: str, title: str) -> float:
    """Return the share of the words of a target that a title has, in some form.

    Examples:
        >>> _alike("Placerad under året, 0–20 år", "Placerade barn och unga 0–20 år, antal")
        1.0
    """
    wanted, there = _said(label), _said(title)
    met = [one for one in wanted if any(_one_word(one, other) for other in there)]
    return len(met) / len(wanted) if wanted else 0.0


def _said(text: str) -> set[str]:
    return set(_WORDS.findall(text.casefold())) - _EMPTY


def _one_word(one: str, other: str) -> bool:
    """Return whether two words are forms of one, by how they begin."""
    pairs = zip(one, other, strict=False)
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return same == len(one) == len(other) or (same >= 5 and same >= max(len(one), len(other)) / 2)

"""A number of a scenario and how far it is varied, as written on the command line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sisim.analysis.varied import alike, factors, is_whole, value_at
from sisim.cli.user_errors import UserError
from sisim.i18n import t
from sisim.loading.load import changed
from sisim.loading.overrides import parse_value
from sisim.scenario.errors import Place
from sisim.scenario.scenario import Scenario


class NumberRange(NamedTuple):
    """The key of a number (with `*`: of several), the ends, and whether it is a whole number."""

    key: str
    low: float
    high: float
    whole: bool


def number_range(scenario: Scenario, given: str) -> NumberRange:
    """Return the range in KEY=LOW:HIGH, or in KEY alone: the one that the file states for it.

    Raises:
        UserError: If the ends are no numbers, or upside down.
        ScenarioError: If there is no such number, or if it cannot have those values.
    """
    key, equals, span = given.partition("=")
    low, high = _ends(given, span) if equals else _own_range(scenario, key)
    if not low < high:
        text = t(
            "{key}: the lowest value ({low}) must be below the highest ({high}).",
            key=key,
            low=f"{low:g}",
            high=f"{high:g}",
        )
        raise UserError(text)
    whole = is_whole(scenario, key)
    keys = alike(scenario, key) if "*" in key else [key]
    if not keys:
        raise UserError(t('No number is called anything like "{pattern}".', pattern=key))
    for end in (low, high):
        _try(scenario, dict.fromkeys(keys, round(end) if whole and keys == [key] else end))
    return NumberRange(key, low, high, whole and "*" not in key)


def _ends(given: str, span: str) -> tuple[float, float]:
    ends = [parse_value(part) for part in span.split(":")]
    if len(ends) != 2 or not all(_is_number(end) for end in ends):
        raise UserError(t('"{given}" is not KEY=LOW:HIGH.', given=given))
    return float(ends[0]), float(ends[1])


def _own_range(scenario: Scenario, key: str) -> tuple[float, float]:
    """Return the range that the file states; where it states none, from zero to the double."""
    value = value_at(scenario, key)
    if value is None:
        if "*" not in key:
            _try(scenario, {key: 0})  # which says what was probably meant
        raise UserError(t('"{key}" is no number; give KEY=LOW:HIGH.', key=key))
    factor = {one.key: one for one in factors(scenario, pathway=True)}.get(key)
    if factor is not None:
        return factor.low, factor.high
    low, high = sorted((0.0, 2.0 * value))
    return low, high


def _try(scenario: Scenario, changes: Mapping[str, Any]) -> None:
    """Check that a scenario can have these values.

    Raises:
        ScenarioError: With what is wrong, placed on the command line.
    """
    changed(scenario, changes, dict.fromkeys(changes, Place("", 0)))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)

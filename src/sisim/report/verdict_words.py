"""What a verdict rests on, in words: the assumptions that move it most, and where each turns it."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, isfinite, log10

import pandas as pd

from sisim.analysis.switching_values import EVERY_EFFECT, SwitchingValue, Verdict, table, verdict_on
from sisim.economics.valuation import Valuation
from sisim.i18n import n_, number, t
from sisim.report.analysis.assumption_words import Assumptions, EffectKind
from sisim.report.formats import (
    NBSP,
    currency_amount,
    lower,
    money,
    percent_sign,
    quoted,
    share_of,
    spread,
    unit_for,
)
from sisim.report.risk_words import figures
from sisim.scenario.scenario import Scenario

LEAST = 1e5
"""Smaller amounts are told to the krona."""
SURE = 2
"""So many standard errors are told as the margin of a turning value."""


def verdict_words(
    result: Valuation, *, tail: bool | None = None, arms: Sequence[str] | None = None
) -> list[str]:
    """Return what every verdict rests on, a sentence a line; nothing of what is not worked out.

    Args:
        result: What came out.
        tail: Whether the verdicts are those on the appraisal; unset: where no figures are drawn.
        arms: On which arms; unset: those of the figures, or all.
    """
    drawn = result.scenario.figures
    if tail is None:
        tail = drawn is None
    if arms is None and drawn is not None:
        pairs = [(drawn.project, t("Figure {n}", n=1)), (drawn.new_way, t("Figure {n}", n=2))]
    else:
        every = list(result.scenario.arms) if arms is None else arms
        pairs = [(arm, quoted(result.scenario.arms[arm].label.text)) for arm in every]
    return [line for arm, name in pairs for line in verdict_sentences(result, arm, name, tail=tail)]


def verdict_sentences(result: Valuation, arm: str, name: str, *, tail: bool) -> list[str]:
    """Return what the verdict on an arm rests on, a sentence a line; nothing if it is not known.

    Args:
        result: What came out.
        arm: Which arm.
        name: What the arm is called here: "Figure 2", or its label.
        tail: Whether the verdict is that on the appraisal.
    """
    found = verdict_on(result, arm, tail=tail)
    if found is None:
        return []
    told = [f"– {_told(one, result.scenario, found)}" for one in found.rests_on]
    return [_lead(found, name), *told, _how(found)]


def verdict_line(result: Valuation, arm: str, *, tail: bool) -> str:
    """Return what the verdict on an arm rests on most, in a short sentence; may be empty."""
    found = verdict_on(result, arm, tail=tail)
    if found is None or not found.rests_on or found.omitted:  # what matters most may be left out
        return ""
    words = Assumptions(result.scenario)
    one = next((one for one in found.rests_on if one.turns is not None), found.rests_on[0])
    if one.key == EVERY_EFFECT:
        return "" if one.turns is None else f"{_every_effect(one, found)}."
    if found.conclusion is None:
        return t("It depends most on: {what}.", what=lower(words.name(one.key)))
    return t(
        "{what} – {condition} ({now} in the file).",
        what=words.name(one.key),
        condition=_condition(one, words),
        now=_size(one, words, one.value),
    )


def verdict_tables(
    result: Valuation, *, tail: bool, arms: Sequence[str] | None = None
) -> dict[str, pd.DataFrame]:
    """Return every number that was tried, as a table; none if nothing has been worked out."""
    every = list(result.scenario.arms) if arms is None else arms
    found = {arm: one for arm in every if (one := verdict_on(result, arm, tail=tail)) is not None}
    return {"switching-values": table(found)} if found else {}


def _lead(found: Verdict, name: str) -> str:
    net, low, high = found.net
    if found.conclusion is None:
        unit = unit_for(max(abs(net), abs(low), abs(high)))
        ends = spread(low / unit.size, high / unit.size, unit.digits)
        said = {"name": name, "net": money(net, unit), "ends": ends}
        if not found.rests_on:
            return t(
                "{name}: the runs do not carry whether it pays (net {net}; 10–90%: {ends}).", **said
            )
        return t(
            "{name}: the runs do not carry whether it pays (net {net}; 10–90%: {ends}). It depends "
            "most on:",
            **said,
        )
    if not found.rests_on:
        if found.conclusion == "saves":
            return t("{name}: no number that was tried makes it save less.", name=name)
        return t("{name}: no number that was tried makes it cost less.", name=name)
    if found.omitted:
        if found.conclusion == "saves":
            return t(
                "{name}: that it saves more than it costs rests, of prices and costs alone, most "
                "on:",
                name=name,
            )
        return t(
            "{name}: that it costs more than it saves rests, of prices and costs alone, most on:",
            name=name,
        )
    if found.conclusion == "saves":
        return t("{name}: that it saves more than it costs rests most on:", name=name)
    return t("{name}: that it costs more than it saves rests most on:", name=name)


def _told(one: SwitchingValue, scenario: Scenario, found: Verdict) -> str:
    """Return a number, what the verdict takes of it, and what the file says."""
    words = Assumptions(scenario)
    if one.key == EVERY_EFFECT:
        return _every_effect(one, found, margin=True)
    if found.conclusion is not None:
        said = _condition(one, words, margin=True)
    elif _is_effect(one.key) and one.tried == 1.0:
        said = t("without it the net changes by {move}", move=money(one.move))
    else:
        end = _size(one, words, one.tried)
        said = t("at {end} the net changes by {move}", end=end, move=money(one.move))
    now = t("{now} in the file", now=_size(one, words, one.value))
    owner = [words.grade(one.grade), "" if one.source else t("no source")]
    file = ", ".join(filter(None, [now, *owner]))
    return t("{what}: {said} ({file})", what=words.name(one.key), said=said, file=file)


def _every_effect(one: SwitchingValue, found: Verdict, *, margin: bool = False) -> str:
    """Return what the verdict takes of all effects together."""
    if found.conclusion is None:
        return t(
            "All effects together: at {end} of what the file says the net changes by {move}",
            end=share_of(one.tried),
            move=money(one.move),
        )
    if one.turns is None:
        if one.far == 0:
            return t("All effects together: holds even without any of them")
        return t(
            "All effects together: holds all the way to {end} of what the file says",
            end=share_of(one.far),
        )
    if one.turns == 0:
        return t("All effects together: holds as long as they do anything at all")
    known = margin and isfinite(one.error) and one.error > 0
    sure = f" ± {share_of(SURE * one.error)}" if known else ""
    said = {"value": share_of(_towards(one.turns, one.value)), "sure": sure}
    if one.turns < one.value:
        return t(
            "All effects together: holds as long as they are at least {value}{sure} of what the "
            "file says",
            **said,
        )
    return t(
        "All effects together: holds as long as they are at most {value}{sure} of what the file "
        "says",
        **said,
    )


def _condition(one: SwitchingValue, words: Assumptions, *, margin: bool = False) -> str:
    """Return under what condition of a number the verdict holds.

    A turning value is told in two figures, on the side on which the verdict holds.
    """
    if one.turns is None:
        if _is_effect(one.key) and one.far == 1.0:
            return t("holds even without this effect")
        return t("holds all the way to {end}", end=_size(one, words, one.far))
    if _is_effect(one.key) and one.turns == 1.0:
        return t("holds as long as it has any effect")
    known = margin and isfinite(one.error) and one.error > 0
    margins = words.margin if _is_effect(one.key) else (lambda _, size: _size(one, words, size))
    sure = f" ± {margins(one.key, SURE * one.error)}" if known else ""
    if _is_effect(one.key) and (one.turns - 1) * (one.value - 1) > 0:
        size, now = (100 * abs(ratio - 1) for ratio in (one.turns, one.value))
        said = {"n": figures(_towards(size, now)), "sure": sure}
        return _effect_words(words.effect_kind(one.key, one.value), least=size < now, **said)
    said = {"value": _size(one, words, _towards(one.turns, one.value)), "sure": sure}
    if one.turns < one.value:
        return t("holds as long as it is at least {value}{sure}", **said)
    return t("holds as long as it is at most {value}{sure}", **said)


def _effect_words(kind: EffectKind, *, least: bool, **said: str) -> str:
    """Return how large an effect may be, by what it does."""
    match kind:
        case "prevents" if least:
            return t("holds as long as it prevents at least {n}%{sure}", **said)
        case "prevents":
            return t("holds as long as it prevents at most {n}%{sure}", **said)
        case "lowers_odds" if least:
            return t("holds as long as it lowers the odds by at least {n}%{sure}", **said)
        case "lowers_odds":
            return t("holds as long as it lowers the odds by at most {n}%{sure}", **said)
        case "raises_odds" if least:
            return t("holds as long as it raises the odds by at least {n}%{sure}", **said)
        case "raises_odds":
            return t("holds as long as it raises the odds by at most {n}%{sure}", **said)
        case "lowers" if least:
            return t("holds as long as it lowers by at least {n}%{sure}", **said)
        case "lowers":
            return t("holds as long as it lowers by at most {n}%{sure}", **said)
        case "raises" if least:
            return t("holds as long as it raises by at least {n}%{sure}", **said)
        case "raises":
            return t("holds as long as it raises by at most {n}%{sure}", **said)


def _how(found: Verdict) -> str:
    """Return how it was worked out, and what was left out."""
    searched = max((one.searched for one in found.rests_on), default=0)
    n = number(len(found.numbers))
    said = t("Numbers tried, one at a time, on the same people and luck: {n}.", n=n)
    least = min((one.searched for one in found.rests_on if one.searched), default=searched)
    if any(one.turns is not None and one.error > 0 for one in found.rests_on):
        said += " " + n_(
            "± is two standard errors, of {n} run.", "± is two standard errors, of {n} runs.", least
        )
    if found.omitted:
        said += " " + n_(
            "{n} number that acts on people is left out, as each value takes whole runs: "
            "--thorough tries it.",
            "{n} numbers that act on people are left out, as each value takes whole runs: "
            "--thorough tries them.",
            found.omitted,
        )
    return said


def _size(one: SwitchingValue, words: Assumptions, value: float) -> str:
    """Return a value of a number; of an effect, how large it then is."""
    if one.key.endswith(".price") or ".cost." in one.key or ".replaces." in one.key:
        whole = abs(value) < LEAST  # as of one day, not of all
        return currency_amount(figures(value)).replace(" ", NBSP) if whole else money(value)
    if not _is_effect(one.key):
        return words.value(one.key, value)
    if value == 1:
        return t("no effect")
    return figures(100 * abs(value - 1)) + percent_sign()


def _is_effect(key: str) -> bool:
    """Return whether a number is the ratio of an effect, and not that of what it brings with it."""
    *_, place, last = key.split(".")
    return last == "ratio" and place.isdigit()


def _towards(value: float, base: float) -> float:
    """Return a value in two figures, rounded towards another."""
    if not value:
        return 0.0
    unit = 10.0 ** (floor(log10(abs(value))) - 1)
    rounded = ceil if base > value else floor
    found = float(f"{rounded(round(value / unit, 6)) * unit:.6g}")
    return min(found, base) if base > value else max(found, base)

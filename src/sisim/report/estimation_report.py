"""What an estimation found: other values for a scenario, tables without small counts, and words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sisim.arrays import Flags
from sisim.estimation.aggregated_extract import TOGETHER
from sisim.estimation.beta_posterior import Beta
from sisim.estimation.destination_shares import ShareEstimate
from sisim.estimation.rate_posterior import Gamma
from sisim.estimation.rates import BANDS_OF_AGE, Estimates, RateEstimate
from sisim.estimation.reading_notes import Settled
from sisim.estimation.scheduled_probability import ProbabilityEstimate
from sisim.estimation.suppression import (
    hidden,
    is_hidden,
    range_of_persons,
    rounded_count,
    rounded_total,
)
from sisim.i18n import n_, t
from sisim.report.formats import capital, decimal, listing, lower
from sisim.report.override_text import override_text, rounded
from sisim.scenario.pathway import Pathway
from sisim.scenario.types import Rate

ROWS_TOLD = 12
"""So many rows are told by their numbers for each rule."""


def estimated_values(found: Estimates) -> str:
    """Return a file of other values for any scenario of the pathway: see `override_files`."""
    values = {
        f"transitions.{name}.rate": _number(found, rate, name, own)
        for rate in found.rates
        if rate.is_told
        for name in rate.transitions
        if (own := _own_rate(found.plan.pathway, name)) is not None
    }
    values |= {
        f"transitions.{one.transition}.probability": _probability(found, one.probability)
        for one in found.scheduled
        if one.transition in found.probabilities and one.probability is not None
    }
    values |= {
        f"transitions.{name}.to.{state}.share": _share(found, name, one, state)
        for name, shares in _shares(found)
        for one in shares
        for state in one.states
        if _own_share(found, name, state) is not None
    }
    kept = found.plan.estimation.privacy
    privacy = {
        "least_persons": kept.least_persons,
        **({"base": kept.base} if kept.base > 1 else {}),
        "persons": range_of_persons(found.persons, kept.least_persons),
    }
    return override_text(_head(found), values, privacy)


def _shares(found: Estimates) -> Iterator[tuple[str, tuple[ShareEstimate, ...]]]:
    """Yield the transitions of which it is told where they lead, with that."""
    for rate in found.rates:
        yield rate.transitions[0], rate.shares
    for one in found.scheduled:
        yield one.transition, one.shares


def _own_share(found: Estimates, transition: str, state: str) -> float | None:
    """Return the pathway's share of a destination; None where it follows from a formula."""
    share = found.plan.pathway.transitions[transition].to[state].share
    return None if share.formula is not None else share.value


def _share(found: Estimates, transition: str, one: ShareEstimate, state: str) -> dict[str, Any]:
    """Return a share as a file has it, with its posterior."""
    own = _own_share(found, transition, state) or 0.0
    note = t("shares are taken in proportion")
    return {**_written(found, own, one.ratio), "note": note}


def _head(found: Estimates) -> list[str]:
    """Return what stands above the values."""
    kept = found.plan.estimation.privacy
    privacy = t("privacy: counts of 1 to {n} are not written", n=kept.least_persons - 1)
    if kept.base > 1:
        privacy += "; " + t("the others are rounded to multiples of {n}", n=kept.base)
    return [
        t('Values for scenarios of "{name}": override_files = ["…"]', name=found.plan.pathway.name),
        privacy,
        *sentences(found),
    ]


def _own_rate(pathway: Pathway, name: str) -> Rate | None:
    """Return the rate of a transition; None where it follows from a formula or is none."""
    rate = pathway.transitions[name].rate
    return rate if rate is not None and rate.formula is None and rate.value else None


def _probability(found: Estimates, posterior: Beta) -> dict[str, Any]:
    """Return the number of a scheduled transition as a file has it, with its posterior."""
    low, high = posterior.interval()
    return {
        "value": rounded(posterior.mean),
        "low": rounded(low),
        "high": rounded(high),
        "distribution": {
            "name": "beta",
            "alpha": rounded(posterior.alpha),
            "beta": rounded(posterior.beta),
        },
        "source": found.plan.estimation.source,
        "grade": "measured",
    }


def _number(found: Estimates, rate: RateEstimate, name: str, own: Rate) -> dict[str, Any]:
    """Return a number as a file has it, with its posterior."""
    told = _written(found, own.value, rate.ratio)
    note = _note(rate, name)
    return {**told, "note": note} if note else told


def _written(found: Estimates, own: float, ratio: Gamma) -> dict[str, Any]:
    """Return what is written of a number that is so many times the pathway's."""
    low, high = ratio.interval()
    return {
        "value": rounded(own * ratio.mean),
        "low": rounded(own * low),
        "high": rounded(own * high),
        "distribution": {
            "name": "gamma",
            "shape": rounded(ratio.shape),
            "scale": rounded(own / ratio.rate),
        },
        "source": found.plan.estimation.source,
        "grade": "measured",
    }


def _note(rate: RateEstimate, name: str) -> str:
    others = [one for one in rate.transitions if one != name]
    parts = []
    if rate.told_by == "data and pathway":
        parts.append(t("the pathway's number weighs in as its range says"))
    if others:
        parts.append(t("told together with {names}", names=", ".join(others)))
    return "; ".join(parts)


def estimates_table(found: Estimates) -> pd.DataFrame:
    """Return what is told of each transition.

    Returns:
        A row per transition. Columns: extract, transition, events, person_years, expected (moves
        that the pathway's number would give), ratio, ratio_low, ratio_high (90 %), rate, low, high
        (as the pathway has the unit), national, told_by. Small counts and what gives them away are
        empty; counts are rounded as the file asks.
    """
    rows = [row for rate in found.rates for row in _rows(found, rate)]
    return pd.DataFrame(rows, columns=list(_COLUMNS))


_COLUMNS = (
    "extract",
    "transition",
    "events",
    "person_years",
    "expected",
    "ratio",
    "ratio_low",
    "ratio_high",
    "rate",
    "low",
    "high",
    "national",
    "told_by",
)


def _rows(found: Estimates, rate: RateEstimate) -> Iterator[dict[str, Any]]:
    least = found.plan.estimation.privacy.least_persons
    few = is_hidden(rate.persons, least)
    small = few or is_hidden(rate.events, least)
    nan = float("nan")
    low, high = rate.ratio.interval() if rate.is_told else (nan, nan)
    mean = rate.ratio.mean if rate.is_told else nan
    for name in rate.transitions:
        own = _own_rate(found.plan.pathway, name)
        value = nan if own is None else own.value
        yield {
            "extract": rate.extract,
            "transition": name,
            "events": None if small else moves_written(found, rate),
            "person_years": None if few else round(rate.years, 1),
            "expected": None if few else round(rate.expected, 2),
            "ratio": mean,
            "ratio_low": low,
            "ratio_high": high,
            "rate": value * mean,
            "low": value * low,
            "high": value * high,
            "national": value,
            "told_by": rate.told_by,
        }


def probabilities_table(found: Estimates) -> pd.DataFrame:
    """Return what is told of each scheduled transition.

    Returns:
        A row per transition. Columns: extract, transition, moved, at_risk (a person each time),
        expected (moves that the pathway's number would give), probability, low, high (90 %),
        national, told_by. Small counts, of those who stayed too, are empty; counts are rounded as
        the file asks.
    """
    kept = found.plan.estimation.privacy
    rows = []
    for one in found.scheduled:
        counts = (one.moved, one.at_risk, one.at_risk - one.moved, one.persons)
        small = any(is_hidden(count, kept.least_persons) for count in counts)
        nan = float("nan")
        told = one.probability if one.is_told else None
        low, high = (nan, nan) if told is None else told.interval()
        number = found.plan.pathway.transitions[one.transition].probability
        rows.append(
            {
                "extract": one.extract,
                "transition": one.transition,
                "moved": None if small else rounded_count(one.moved, kept.base),
                "at_risk": None if small else rounded_count(one.at_risk, kept.base),
                "expected": None if small else round(one.expected, 2),
                "probability": nan if told is None else told.mean,
                "low": low,
                "high": high,
                "national": nan if number is None else number.value,
                "told_by": one.told_by if one.probability is not None else "pathway",
            }
        )
    table = pd.DataFrame(rows, columns=list(_OF_PROBABILITIES))
    return table.astype({"moved": "Int64", "at_risk": "Int64"})


_OF_PROBABILITIES = (
    "extract",
    "transition",
    "moved",
    "at_risk",
    "expected",
    "probability",
    "low",
    "high",
    "national",
    "told_by",
)


def moves_written(found: Estimates, rate: RateEstimate) -> int:
    """Return how many moves came, as it is written: what stands by age adds up to it."""
    kept = found.plan.estimation.privacy
    if rate.by_age is None:
        return rounded_count(rate.events, kept.base)
    events = rate.by_age[0].astype(int).tolist()
    return rounded_total(events, _unseen_ages(rate, kept.least_persons).tolist(), kept.base)


def _unseen_ages(rate: RateEstimate, least: int) -> Flags:
    """Return of which bands of age nothing is written, (bands,)."""
    assert rate.by_age is not None
    events, _, persons = rate.by_age
    if is_hidden(rate.events, least) or is_hidden(rate.persons, least):
        return np.ones(len(events), np.bool_)
    few = any(is_hidden(int(one), least) for one in persons)
    return hidden(events.astype(int).tolist(), least, few=few)


def aggregated_table(found: Estimates) -> pd.DataFrame:
    """Return moves, person-years and persons by age: what may leave the secure room.

    Returns:
        A row per set of transitions and band of age. Columns: extract, transition (those that are
        told together, with +), age_from, age_below (empty: no end), events, person_years, persons.
        A row with a small count, or with one that could be worked out to be, is empty; counts are
        rounded as the file asks. What an
        extract has in such a table already is not written anew.
    """
    kept = found.plan.estimation.privacy
    rows = []
    for rate in found.rates:
        if rate.by_age is None:
            continue
        events, years, persons = rate.by_age
        for band, gone in enumerate(_unseen_ages(rate, kept.least_persons).tolist()):
            if not years[band]:
                continue
            low = BANDS_OF_AGE[band]
            rows.append(
                {
                    "extract": rate.extract,
                    "transition": TOGETHER.join(rate.transitions),
                    "age_from": low,
                    "age_below": BANDS_OF_AGE[band + 1] if band + 1 < len(BANDS_OF_AGE) else None,
                    "events": None if gone else rounded_count(int(events[band]), kept.base),
                    "person_years": None if gone else round(float(years[band]), 1),
                    "persons": None if gone else rounded_count(int(persons[band]), kept.base),
                }
            )
    columns = (
        "extract",
        "transition",
        "age_from",
        "age_below",
        "events",
        "person_years",
        "persons",
    )
    table = pd.DataFrame(rows, columns=list(columns))
    return table.astype({"age_below": "Int64", "events": "Int64", "persons": "Int64"})


def reading_lines(found: Estimates) -> list[str]:
    """Return what was put right as the extracts were read, by rule and row."""
    said = []
    for name, notes in found.notes.items():
        file = found.plan.files[name].name
        for rule, told in _SETTLED.items():
            rows = notes.rows(rule)
            if rows:
                shown = ", ".join(map(str, rows[:ROWS_TOLD])) + (" …" if rows[ROWS_TOLD:] else "")
                where = n_("row {rows}", "rows {rows}", len(rows), rows=shown)
                said.append(f"{file}: {told(len(rows))} ({where}).")
    return said


_SETTLED: dict[Settled, Callable[[int], str]] = {
    "below": lambda n: n_(
        "1 row below the table is a sum or a footnote, and left out",
        "{n} rows below the table are a sum or a footnote, and left out",
        n,
    ),
    "repeated": lambda n: n_(
        "1 row says the same as another, and counts once",
        "{n} rows say the same as another, and count once",
        n,
    ),
    "joined": lambda n: n_(
        "1 row overlaps another in the same state, and is joined with it",
        "{n} rows overlap another in the same state, and are joined with it",
        n,
    ),
    "shortened": lambda n: n_(
        "1 row is ended where a later one in another state begins",
        "{n} rows are ended where a later one in another state begins",
        n,
    ),
    "left_out": lambda n: n_(
        "1 row is in a state that is left out: nobody is followed in it",
        "{n} rows are in a state that is left out: nobody is followed in it",
        n,
    ),
    "timeless": lambda n: n_(
        "1 row begins and ends at the same time, and is left out",
        "{n} rows begin and end at the same time, and are left out",
        n,
    ),
}


def sentences(found: Estimates) -> list[str]:
    """Return what has been estimated, what the data do not suffice for, and what nobody is at."""
    told = [one for one in found.rates if one.is_told]
    short = [one for one in found.rates if not one.is_told]
    tracks = {one.track for one in found.plan.estimation.data.values()}
    every = sum(
        one.rate is not None and one.track in tracks
        for one in found.plan.pathway.transitions.values()
    )
    count = sum(len(one.transitions) for one in told)
    least = found.plan.estimation.privacy.least_persons
    said = [
        n_(
            "Of {all} rates on the tracks of the register 1 has been estimated.",
            "Of {all} rates on the tracks of the register {n} have been estimated.",
            count,
            all=every,
        )
    ]
    if short:
        said.append(
            t(
                "Too few moves to tell (under {n}), so that the pathway's number is kept: {names}.",
                n=least,
                names=named(found.plan.pathway, short),
            )
        )
    if found.unseen:
        labels = [transition_label(found.plan.pathway, name) for name in found.unseen]
        said.append(
            t(
                "Nobody in the register is at risk of these, so that the pathway's number is kept: "
                "{names}.",
                names=listing([lower(label) for label in labels]),
            )
        )
    left_out = sum(one.left_out for one in found.rates)
    if left_out:
        said.append(
            n_(
                "1 row of aggregated tables has a hidden count and is left out, with its moves and "
                "its person-years.",
                "{n} rows of aggregated tables have a hidden count and are left out, with their "
                "moves and their person-years.",
                left_out,
            )
        )
    if found.no_way:
        said.append(
            n_(
                "1 pair of looks is left out, as no rates lead from the one state to the other.",
                "{n} pairs of looks are left out, as no rates lead from the one state to the "
                "other.",
                found.no_way,
            )
        )
    said += _of_scheduled(found)
    said += [_apart(found.plan.pathway, one) for one in told if len(one.transitions) > 1]
    return said


def _of_scheduled(found: Estimates) -> list[str]:
    """Return how many probabilities have been estimated, and which are kept for what reason."""
    pathway = found.plan.pathway
    known = [one for one in found.scheduled if one.probability is not None]
    said = []
    if known:
        told = sum(one.is_told for one in known)
        said.append(
            n_(
                "Of {all} probabilities of scheduled transitions 1 has been estimated.",
                "Of {all} probabilities of scheduled transitions {n} have been estimated.",
                told,
                all=len(known),
            )
        )
    short = [lower(transition_label(pathway, one.transition)) for one in known if not one.is_told]
    if short:
        said.append(
            t(
                "Too few who moved or stayed to tell (under {n}), so that the pathway's number is "
                "kept: {names}.",
                n=found.plan.estimation.privacy.least_persons,
                names=listing(short),
            )
        )
    if found.not_apart:
        names = [lower(transition_label(pathway, name)) for name in found.not_apart]
        said.append(
            t(
                "Other transitions lead the same way in the same month, so that the pathway's "
                "number is kept: {names}.",
                names=listing(names),
            )
        )
    return said


def _apart(pathway: Pathway, one: RateEstimate) -> str:
    return t(
        "The register does not tell these apart, so that they have changed in proportion: {names}.",
        names=named(pathway, [one]),
    )


def named(pathway: Pathway, rates: Sequence[RateEstimate]) -> str:
    """Return what the transitions of some rates are called, as inside a sentence."""
    names = [name for one in rates for name in one.transitions]
    return listing([lower(transition_label(pathway, name)) for name in names])


def transition_label(pathway: Pathway, name: str) -> str:
    """Return what a transition is called; its name, if it has no label."""
    label = pathway.transitions[name].label
    return name if label is None else label.text


def rate_lines(found: Estimates) -> list[str]:
    """Return a line for each set of transitions that the register has told of."""
    said = []
    for one in found.rates:
        if one.is_told:
            said.append(_line(found, one))
            said += [_share_line(found, one.transitions[0], share) for share in one.shares]
    for told in found.scheduled:
        if told.is_told or told.shares:
            said.append(_scheduled_line(found, told))
            said += [_share_line(found, told.transition, share) for share in told.shares]
    return said


def _scheduled_line(found: Estimates, one: ProbabilityEstimate) -> str:
    """Return what is told of a scheduled transition; of some, no more than where it leads."""
    label = capital(transition_label(found.plan.pathway, one.transition))
    if one.probability is None or not one.is_told:
        return f"{label}:"
    low, high = one.probability.interval()
    base = found.plan.estimation.privacy.base
    return t(
        "{what}: probability {value} (90%: {low} to {high}); moves: {n} of {of}, expected by the "
        "pathway: {expected}.",
        what=label,
        value=decimal(one.probability.mean, 3),
        low=decimal(low, 3),
        high=decimal(high, 3),
        n=rounded_count(one.moved, base),
        of=rounded_count(one.at_risk, base),
        expected=decimal(one.expected, 1),
    )


def _share_line(found: Estimates, transition: str, one: ShareEstimate) -> str:
    low, high = one.ratio.interval()
    pathway = found.plan.pathway
    states = pathway.tracks[pathway.transitions[transition].track].states
    return "  " + t(
        "to {states}: ratio to the pathway's share {ratio} (90%: {low} to {high}); moves: {n}, "
        "expected: {expected}.",
        states=listing([lower(states[name].label.text) for name in one.states]),
        n=rounded_count(one.events, found.plan.estimation.privacy.base),
        expected=decimal(one.expected, 1),
        ratio=decimal(one.ratio.mean, 2),
        low=decimal(low, 2),
        high=decimal(high, 2),
    )


def _line(found: Estimates, one: RateEstimate) -> str:
    low, high = one.ratio.interval()
    return t(
        "{what}: ratio to the pathway's rate {ratio} (90%: {low} to {high}); moves: {n}, expected "
        "by the pathway: {expected}, person-years: {years}.",
        what=capital(named(found.plan.pathway, [one])),
        n=moves_written(found, one),
        years=decimal(one.years),
        expected=decimal(one.expected, 1),
        ratio=decimal(one.ratio.mean, 2),
        low=decimal(low, 2),
        high=decimal(high, 2),
    )

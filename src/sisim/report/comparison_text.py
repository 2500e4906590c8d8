"""What the figures say, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from math import isnan
from typing import get_args

from sisim.analysis.comparison import (
    NOTICEABLE,
    WHICH,
    Comparison,
    Investing,
    View,
    Which,
    compare,
    outcomes_at,
)
from sisim.economics.appraisal import BAND_FROM, CARRIED
from sisim.economics.valuation import Provenance, Valuation
from sisim.engine.counts import WITHOUT
from sisim.i18n import duration, n_, number, t
from sisim.report.formats import (
    capital,
    listing,
    lower,
    money,
    people,
    percent,
    quoted,
    runs_of,
    unit_for,
)
from sisim.report.present_value import valued, worth_words
from sisim.report.replication_words import few_runs
from sisim.scenario.economy import PUBLIC, SOCIETY
from sisim.scenario.owners import grade_name
from sisim.scenario.scenario import Scenario
from sisim.scenario.types import Grade, Number

NEAR = 3
"""A marked year so many years before the last is near the end."""
LONGEST_FOOT = 175
"""Characters that fit on a line at the foot of a picture."""


def caption(side: Investing) -> str:
    """Return what became of the people and of the inflow, as the series say."""
    takes_part = side.headline["helped"][0] >= 0.5
    if takes_part and side.better:
        if side.fewer_entries:
            return t("Individuals helped and the inflow reduced")
        return t("Some individuals helped, but the inflow is unchanged")
    if side.fewer_entries:
        return t("The inflow reduced")
    if takes_part:
        return t("Individuals take part, and nothing clearly becomes better")
    return t("Nobody takes part, and the inflow is unchanged")


def percent_pair(side: Investing) -> tuple[str, str]:
    """Return before-after and with-without at the marked year."""
    return percent(side.before_after.share), percent(side.with_without.share)


def verdict(side: Investing) -> str:
    """Return the sentence that holds both comparisons of the marked year.

    A direction that the replications do not agree on is not told as one.
    """
    course, difference = side.before_after.direction, side.with_without.direction
    told = {
        ("none", "none"): t("The cost stands still – as it would have anyway."),
        ("none", "less"): t("The cost stands still – and is lower than it would have been."),
        ("none", "more"): t("The cost stands still – but is higher than it would have been."),
        ("none", "unclear"): t("The cost stands still – and hardly differs from without."),
        ("more", "none"): t("The cost rises – about as it would have anyway."),
        ("more", "less"): t("The cost rises – but less than it would have."),
        ("more", "more"): t("The cost rises – and more than it would have."),
        ("more", "unclear"): t("The cost rises – more or less than without, the runs differ."),
        ("less", "none"): t("The cost falls – about as it would have anyway."),
        ("less", "less"): t("The cost falls – and is lower than it would have been."),
        ("less", "more"): t("The cost falls – but is higher than it would have been."),
        ("less", "unclear"): t("The cost falls – more or less than without, the runs differ."),
        ("unclear", "none"): t("The cost goes as it would have anyway."),
        ("unclear", "less"): t("The cost is lower than it would have been."),
        ("unclear", "more"): t("The cost is higher than it would have been."),
        ("unclear", "unclear"): t("What the cost does differs between the runs."),
    }
    return told[course, difference]


def conclusion(story: Comparison, side: Investing) -> str:
    """Return what becomes of the cost in the end, and whether all years pay for the investment."""
    return " ".join(filter(None, (_course(side), all_years(story, side))))


def _course(side: Investing) -> str:
    """Return what becomes of the difference in cost; empty where the series do not say so."""
    if side.back_on_track and not side.fewer_entries:
        return t("The lower cost ends with the intervention, as the inflow is the same.")
    if side.lasting and side.fewer_entries:
        return t("The lower cost lasts, as fewer new cases come.")
    if side.lasting:
        return t("The lower cost lasts.")
    if side.back_on_track:
        return t("The lower cost does not last.")
    return ""


def all_years(story: Comparison, side: Investing) -> str:
    """Return what all years come to, in how many runs; a sum only where the runs carry it."""
    if not side.investment.runs.any():
        return ""
    time, count = story.scenario.time, len(story.without.cost.runs)
    length = duration(time.years)
    net, low, high = side.headline["net"]
    unit = replace(unit_for(net), digits=0) if abs(net) >= 1e8 else unit_for(net)
    rate = story.scenario.economy.discount_costs.value
    if count >= BAND_FROM and low > 0:
        return t(
            "Over {length} the investment saves {net} more than it costs.",
            length=length,
            net=valued(money(net, unit), rate),
        )
    if count >= BAND_FROM and high < 0:
        return t(
            "Over {length} the investment costs {net} more than it saves.",
            length=length,
            net=valued(money(-net, unit), rate),
        )
    paid = runs_of(side.paid_back, count)
    return t(
        "Over {length} the investment saves more than it costs in {runs}.", length=length, runs=paid
    )


def year_words(story: Comparison, side: Investing) -> str:
    """Return both comparisons of the marked year, and what they say together."""
    before_after, with_without = percent_pair(side)
    late = int(story.years[-1]) - story.marked <= NEAR
    near = t(", near the end") if late else ""
    pair = t(
        "Compared in {year}: {with_without} against without, {before_after} against {start}.",
        year=f"{story.marked}{near}",
        start=str(story.start),
        before_after=before_after,
        with_without=with_without,
    )
    return f"{pair} {verdict(side)}"


def growth_words(story: Comparison) -> str:
    """Return how much the cost grows without the investment, and what makes it; may be empty."""
    growth, scenario = story.growth, story.scenario
    if abs(growth.total) < NOTICEABLE:
        return ""
    drift = scenario.drift
    volume = _weakest([*drift.volumes.values(), scenario.population.growth])
    prices = _weakest([*drift.prices.values(), *([drift.inflation] if story.view.current else [])])
    parts = [
        f"{name} {percent(share)}" + (f" ({grade})" if grade else "")
        for name, share, grade in (
            (t("volume"), growth.volume, volume),
            (t("prices"), growth.prices, prices),
        )
        if abs(share) >= NOTICEABLE
    ]
    return t(
        "Without the investment the cost changes by {total} from {start} to {last}: {parts}.",
        total=percent(growth.total),
        start=str(story.start),
        last=str(story.years[-1]),
        parts=listing(parts),
    )


def _weakest(numbers: Iterable[Number]) -> str:
    """Return the weakest grade of the numbers that do anything, in words; empty if none is said."""
    grades = {number.grade or "assumption" for number in numbers if number.value}
    found = next((grade for grade in reversed(get_args(Grade)) if grade in grades), None)
    return grade_name(found)


def scope(story: Comparison, *, everyone: bool = False) -> str:
    """Return whose and which costs a figure holds, and which years where that is not plain."""
    years = years_told(story)
    costs = _costs_held(story, everyone=everyone, room=LONGEST_FOOT - len(years))
    return f"{costs} {years}" if years else costs


def years_told(story: Comparison) -> str:
    """Return what a year is where it is no calendar year, and what is no year at all."""
    time, said = story.scenario.time, []
    if time.start[5:] != "01":
        first, last = time.start, f"{time.first_year + 1}-{int(time.start[5:]) - 1:02d}"
        said.append(
            t(
                "Years are counted from the start: {year} is {first} to {last}.",
                year=str(time.first_year),
                first=first,
                last=last,
            )
        )
    left = round(12 * (time.years - len(time.all_years) + 1)) % 12
    if left:
        said.append(
            n_(
                "The last month is no whole year and is left out of the curves.",
                "The last {n} months are no whole year and are left out of the curves.",
                left,
            )
        )
    return " ".join(said)


def _costs_held(story: Comparison, *, everyone: bool, room: int) -> str:
    """Return whose and which costs: those of the perspective, or everyone's."""
    whose = t("Costs of all who pay") if everyone else _perspective(story.scenario)
    # "Upper secondary place, national programme" is enough named by its first part.
    ordinary = [
        lower(resource.label.text.split(",")[0])
        for resource in story.scenario.pathway.resources.values()
        if resource.ordinary and (everyone or any(map(story.scenario.bears, resource.shares)))
    ]
    if not ordinary:
        return t("{whose}: all that the pathway counts.", whose=whose)
    if story.view.ordinary:
        return t("{whose}: all that the pathway counts, also what everyone has.", whose=whose)
    named = t(
        "{whose} that the investment can affect. Left out, since everyone has it: {what}.",
        whose=whose,
        what=listing(ordinary),
    )
    if len(named) <= room:
        return named
    return t("{whose} that the investment can affect; what everyone has is left out.", whose=whose)


def perspective(scenario: Scenario) -> str | None:
    """Return whose costs count: "the municipality and the region"; None if those of all who pay."""
    pathway, parts = scenario.pathway, scenario.economy.bearers
    everyone = not _private(scenario)
    if SOCIETY in parts or (PUBLIC in parts and everyone):
        return None
    if PUBLIC in parts:
        return t("the public sector")
    bearers = [pathway.administrations.get(part) or pathway.principals.get(part) for part in parts]
    labels = [lower(bearer.label.text) for bearer in bearers if bearer]
    return listing(labels)


def _private(scenario: Scenario) -> bool:
    """Return whether anybody outside the public sector pays or gets something."""
    tail, pathway = scenario.time.tail, scenario.pathway
    resources = [*pathway.resources.values(), *(tail.resources.values() if tail else ())]
    payers = {name for resource in resources for name, _ in resource.flows}
    return any(
        not pathway.principals[one.principal].public
        for name, one in pathway.administrations.items()
        if name in payers
    )


def _perspective(scenario: Scenario) -> str:
    """Return whose costs count, as the beginning of a sentence."""
    bearer = perspective(scenario)
    if bearer is None:
        return t("Costs of all who pay")
    return t("Costs of {bearer}", bearer=bearer)


def bands(story: Comparison) -> str:
    """Return what the bands and intervals are."""
    return t("Bands: 10–90% of {n} runs.", n=number(story.replications))


def invented() -> str:
    """Return the warning that belongs to example numbers."""
    return t("Invented example numbers – they show the mechanism, not a forecast.")


def footer(result: Provenance, *, warn: bool = True) -> str:
    """Return where the numbers come from; without seeds: they are computed exactly.

    Args:
        result: What was simulated.
        warn: Whether it is said here that numbers are invented.
    """
    seeds = (
        t("Computed exactly")
        if not result.seeds
        else t("Seed {n}", n=result.seeds[0])
        if len(result.seeds) == 1
        else t("Seeds {first}–{last}", first=result.seeds[0], last=result.seeds[-1])
    )
    named = t("scenario") + f" {result.scenario.name} {result.digest}"
    origin = f"{seeds} · sisim {result.version} · {named}"
    if not (warn and result.scenario.invented):
        return origin
    return f"{invented()} {origin}"


def number_of(which: Which) -> str:
    """Return "Figure 1" or "Figure 2"."""
    return t("Figure {n}", n=1 + WHICH.index(which))


def sentences(source: Valuation | Comparison, view: View | None = None) -> list[str]:
    """Return in a few sentences what the figures say."""
    story = compare(source, view)
    found = [_arms(story), *_outcomes(story), _costs(story)]
    found += [_comparison(story, story.side(which)) for which in WHICH]
    found += [_numbers(story, story.side(which)) for which in WHICH]
    found.append(scope(story))
    found += few_runs(story.replications)
    if story.scenario.invented:
        found.append(invented())
    return found


def _arms(story: Comparison) -> str:
    one, two = (story.scenario.arms[story.side(which).arm].label.text for which in WHICH)
    title = story.scenario.title.text
    return t(
        "{title}. Figure 1 is {one}, figure 2 {two}; the people are the same in both.",
        title=title,
        one=quoted(one),
        two=quoted(two),
    )


def _outcomes(story: Comparison) -> list[str]:
    found = []
    for name, means in outcomes_at(story).items():
        label = story.scenario.outcomes[name].label.text
        values = {arm: people(mean) for arm, mean in means.items()}
        found.append(
            t(
                "{what} in {year}: {without} without the investment, {one} in figure 1, "
                "{two} in figure 2.",
                what=capital(label),
                year=story.marked,
                without=values[WITHOUT],
                one=values[story.project.arm],
                two=values[story.new_way.arm],
            )
        )
    return found


def _costs(story: Comparison) -> str:
    costs = [side.cost.at(story.marked) for side in (story.without, story.project, story.new_way)]
    unit = unit_for(max(costs))
    without, one, two = (money(cost, unit) for cost in costs)
    prices = (
        t("current prices")
        if story.view.current
        else t("fixed prices, {level}", level=story.scenario.economy.price_level)
    )
    return t(
        "The cost in {year} is {without} without the investment, {one} in figure 1 and {two} in "
        "figure 2 ({prices}).",
        year=story.marked,
        without=without,
        one=one,
        two=two,
        prices=prices,
    )


def _comparison(story: Comparison, side: Investing) -> str:
    before_after, with_without = percent_pair(side)
    pair = t(
        "{figure}: before–after ({start} to {year}) {before_after}, with–without {with_without}.",
        figure=number_of(side.which),
        start=story.start,
        year=story.marked,
        before_after=before_after,
        with_without=with_without,
    )
    return f"{conclusion(story, side)} {pair} {verdict(side)}"


def paid_back(story: Comparison, side: Investing, *, brief: bool = False) -> str:
    """Return whether and when the investment has paid for itself, and in how many runs."""
    if not side.investment.runs.any():
        return t("Nothing is invested")
    length = duration(story.scenario.time.years)
    runs = runs_of(side.paid_back, len(story.without.cost.runs))
    if side.break_even is None:
        if side.paid_back <= 1 - CARRIED:
            return t("Not paid back within {length}", length=length)
        return t("Paid back within {length} in only {runs}", length=length, runs=runs)
    when = {"n": side.break_even, "year": story.start + side.break_even - 1}
    if side.paid_back >= CARRIED:
        return t("Paid back in year {n} ({year})", **when)
    if brief:  # In a figure a sign shows the year.
        return t("Paid back in {runs}", runs=runs)
    return t("Paid back in {runs}, on average in year {n} ({year})", runs=runs, **when)


def _numbers(story: Comparison, side: Investing) -> str:
    mean = {name: estimate[0] for name, estimate in side.headline.items()}
    counts = t(
        "{figure}: {people}; {invested} invested, {lower_cost} lower cost, {net} net ({how}).",
        figure=number_of(side.which),
        people=counted_people(side),
        how=worth_words(story.scenario.economy.discount_costs.value),
        **{name: money(mean[name]) for name in ("invested", "lower_cost", "net")},
    )
    return f"{counts} {paid_back(story, side)}."


def counted_people(side: Investing) -> str:
    """Return how many took part, how many were affected, and what cases there were fewer of."""
    return ", ".join(_people({name: estimate[0] for name, estimate in side.headline.items()}))


def _helped(people: float) -> str:
    return n_("{n} participant", "{n} participants", round(people))


def _people(mean: Mapping[str, float]) -> Iterator[str]:
    yield _helped(mean["helped"])
    affected, returns = mean["affected"], round(mean["avoided_returns"])
    if not isnan(affected):
        yield n_(
            "1 person whose life became different",
            "{n} people whose lives became different",
            round(affected),
        )
    first = round(mean["avoided"])
    yield (
        n_("1 more new case", "{n} more new cases", -first)
        if first < 0
        else n_("1 new case avoided", "{n} new cases avoided", first)
    )
    if returns:
        yield (
            n_("1 more return to the case", "{n} more returns to the case", -returns)
            if returns < 0
            else n_("1 return avoided", "{n} returns avoided", returns)
        )

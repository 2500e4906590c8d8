"""What the figures say, in sentences."""

from __future__ import annotations

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
from sisim.i18n import number, t
from sisim.report.formats import decimal, listing, money, percent, unit_for
from sisim.report.result import WITHOUT, Made, Result
from sisim.scenario.economy import PUBLIC, SOCIETY
from sisim.scenario.scenario import Scenario

LONGEST_FOOT = 175
"""Characters that fit on a line at the foot of a picture."""


def caption(side: Investing, lang: str) -> str:
    """Return what became of the people and of the inflow, as the series say."""
    helped = side.headline["helped"][0] >= 0.5
    if helped and side.fewer_entries:
        return t("Individuals helped and the inflow reduced", lang)
    if helped:
        return t("Some individuals helped, but the inflow is unchanged", lang)
    if side.fewer_entries:
        return t("The inflow reduced", lang)
    return t("Nobody helped, and the inflow is unchanged", lang)


def percent_pair(side: Investing, lang: str) -> tuple[str, str]:
    """Return before-after and with-without at the marked year."""
    return percent(side.before_after, lang), percent(side.with_without, lang)


def verdict(side: Investing, lang: str) -> str:
    """Return the sentence that holds both comparisons of the marked year."""
    rises, difference = side.before_after > 0, side.with_without
    if abs(side.before_after) < NOTICEABLE:
        if abs(difference) < NOTICEABLE:
            return t("The cost stands still – as it would have anyway.", lang)
        if difference < 0:
            return t("The cost stands still – and is lower than it would have been.", lang)
        return t("The cost stands still – but is higher than it would have been.", lang)
    if abs(difference) < NOTICEABLE:
        if rises:
            return t("The cost rises – about as it would have anyway.", lang)
        return t("The cost falls – about as it would have anyway.", lang)
    if rises and difference < 0:
        return t("The cost rises – but less than it would have.", lang)
    if rises:
        return t("The cost rises – and more than it would have.", lang)
    if difference < 0:
        return t("The cost falls – and is lower than it would have been.", lang)
    return t("The cost falls – but is higher than it would have been.", lang)


def scope(story: Comparison, lang: str, *, everyone: bool = False) -> str:
    """Return whose and which costs a figure holds: those of the perspective, or everyone's."""
    whose = t("Costs of all who pay", lang) if everyone else _perspective(story.scenario, lang)
    # "Upper secondary place, national programme" is enough named by its first part.
    ordinary = [
        _uncapitalised(resource.label.in_language(lang).split(",")[0])
        for resource in story.scenario.pathway.resources.values()
        if resource.ordinary and (everyone or any(map(story.scenario.bears, resource.shares)))
    ]
    if not ordinary:
        return t("{whose}: all that the pathway counts.", lang, whose=whose)
    if story.view.ordinary:
        return t("{whose}: all that the pathway counts, also what everyone has.", lang, whose=whose)
    named = t(
        "{whose} that the investment can touch. Left out, since everyone has it: {what}.",
        lang,
        whose=whose,
        what=listing(ordinary, lang),
    )
    if len(named) <= LONGEST_FOOT:
        return named
    return t(
        "{whose} that the investment can touch; what everyone has is left out.", lang, whose=whose
    )


def perspective(scenario: Scenario, lang: str) -> str | None:
    """Return whose costs count: "the municipality and the region"; None if those of all who pay."""
    pathway, parts = scenario.pathway, scenario.economy.bearers
    everyone = all(principal.public for principal in pathway.principals.values())
    if SOCIETY in parts or (PUBLIC in parts and everyone):
        return None
    if PUBLIC in parts:
        return t("the public sector", lang)
    bearers = [pathway.administrations.get(part) or pathway.principals.get(part) for part in parts]
    labels = [_uncapitalised(bearer.label.in_language(lang)) for bearer in bearers if bearer]
    return listing(labels, lang)


def _perspective(scenario: Scenario, lang: str) -> str:
    """Return whose costs count, as the beginning of a sentence."""
    bearer = perspective(scenario, lang)
    if bearer is None:
        return t("Costs of all who pay", lang)
    return t("Costs of {bearer}", lang, bearer=bearer)


def _uncapitalised(text: str) -> str:
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def bands(story: Comparison, lang: str) -> str:
    """Return what the bands and intervals are."""
    return t("Bands: 10–90% of {n} runs.", lang, n=number(story.replications, lang))


def invented(lang: str) -> str:
    """Return the warning that belongs to example numbers."""
    return t("Invented example numbers – they show the mechanism, not a forecast.", lang)


def footer(result: Made, lang: str) -> str:
    """Return where the numbers come from."""
    seeds = (
        t("Seed {n}", lang, n=result.seeds[0])
        if len(result.seeds) == 1
        else t("Seeds {first}–{last}", lang, first=result.seeds[0], last=result.seeds[-1])
    )
    named = t("scenario", lang) + f" {result.scenario.name} {result.digest}"
    origin = f"{seeds} · sisim {result.version} · {named}"
    if not result.scenario.invented:
        return origin
    return f"{invented(lang)} {origin}"


def number_of(which: Which, lang: str) -> str:
    """Return "Figure 1" or "Figure 2"."""
    return t("Figure {n}", lang, n=1 + WHICH.index(which))


def sentences(source: Result | Comparison, lang: str, view: View | None = None) -> list[str]:
    """Return in a few sentences what the figures say."""
    story = compare(source, view)
    found = [_arms(story, lang), *_outcomes(story, lang), _costs(story, lang)]
    found += [_comparison(story, story.side(which), lang) for which in WHICH]
    found += [_numbers(story, story.side(which), lang) for which in WHICH]
    found.append(scope(story, lang))
    if story.scenario.invented:
        found.append(invented(lang))
    return found


def _arms(story: Comparison, lang: str) -> str:
    one, two = (
        story.scenario.arms[story.side(which).arm].label.in_language(lang) for which in WHICH
    )
    title = story.scenario.title.in_language(lang)
    return t("{title}. Figure 1 is {one}, figure 2 {two}; the people are the same in both.", lang,
             title=title, one=quoted(one, lang), two=quoted(two, lang))  # fmt: skip


def quoted(text: str, lang: str) -> str:
    """Return `text` in the quotation marks of the language."""
    return f"”{text}”" if lang == "sv" else f"“{text}”"


def _outcomes(story: Comparison, lang: str) -> list[str]:
    found = []
    for name, means in outcomes_at(story).items():
        label = story.scenario.outcomes[name].label.in_language(lang)
        values = {arm: decimal(mean, lang, 0 if mean >= 10 else 1) for arm, mean in means.items()}
        found.append(
            t(
                "{what} in {year}: {without} without the investment, {one} in figure 1, "
                "{two} in figure 2.",
                lang,
                what=label[:1].upper() + label[1:],
                year=story.marked,
                without=values[WITHOUT],
                one=values[story.project.arm],
                two=values[story.new_way.arm],
            )
        )
    return found


def _costs(story: Comparison, lang: str) -> str:
    costs = [side.cost.at(story.marked) for side in (story.without, story.project, story.new_way)]
    unit = unit_for(max(costs))
    without, one, two = (money(cost, lang, unit) for cost in costs)
    prices = (
        t("current prices", lang)
        if story.view.current
        else t("fixed prices, {level}", lang, level=story.scenario.economy.price_level)
    )
    return t(
        "The cost in {year} is {without} without the investment, {one} in figure 1 and {two} in "
        "figure 2 ({prices}).",
        lang, year=story.marked, without=without, one=one, two=two, prices=prices,
    )  # fmt: skip


def _comparison(story: Comparison, side: Investing, lang: str) -> str:
    before_after, with_without = percent_pair(side, lang)
    pair = t(
        "{figure}: before–after ({start} to {year}) {before_after}, with–without {with_without}.",
        lang, figure=number_of(side.which, lang), start=story.start, year=story.marked,
        before_after=before_after, with_without=with_without,
    )  # fmt: skip
    return f"{pair} {verdict(side, lang)}"


def paid_back(story: Comparison, side: Investing, lang: str) -> str:
    """Return whether and when the investment has paid for itself."""
    if side.break_even is None:
        return t("Not paid back within {n} years", lang, n=round(story.scenario.time.years))
    return t("Paid back in year {n}", lang, n=side.break_even)


def _numbers(story: Comparison, side: Investing, lang: str) -> str:
    mean = {name: estimate[0] for name, estimate in side.headline.items()}
    counts = t(
        "{figure}: {helped}, {avoided}; {invested} invested, {lower_cost} lower cost, {net} net.",
        lang,
        figure=number_of(side.which, lang),
        helped=_helped(mean["helped"], lang),
        avoided=_avoided(mean["avoided"], lang),
        **{name: money(mean[name], lang) for name in ("invested", "lower_cost", "net")},
    )
    return f"{counts} {paid_back(story, side, lang)}."


def _helped(people: float, lang: str) -> str:
    if round(people) == 1:
        return t("1 individual helped", lang)
    return t("{n} individuals helped", lang, n=decimal(people, lang))


def _avoided(cases: float, lang: str) -> str:
    if round(cases) < 0:
        more = decimal(-cases, lang)
        return t("1 more case", lang) if round(cases) == -1 else t("{n} more cases", lang, n=more)
    if round(cases) == 1:
        return t("1 case avoided", lang)
    return t("{n} cases avoided", lang, n=decimal(abs(cases), lang))

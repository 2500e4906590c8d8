"""What the figures say, in sentences."""

# ruff: noqa: RUF001 - readers are shown real dashes and minus signs.

from __future__ import annotations

from sisim.language import number, t
from sisim.report.result import Result
from sisim.report.series import NOTICEABLE, Comparison, Investing
from sisim.report.writing import listing, percent

INVENTED = "Invented example numbers – they show the mechanism, not a forecast."
LONGEST_LIST = 95
"""Characters of what is left out that fit at the foot of a picture."""


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


def scope(story: Comparison, lang: str) -> str:
    """Return which costs the figures hold."""
    # "Upper secondary place, national programme" is enough named by its first part.
    ordinary = [
        _uncapitalised(resource.label.in_language(lang).split(",")[0])
        for resource in story.scenario.pathway.resources.values()
        if resource.ordinary
    ]
    if not ordinary:
        return t("Costs: all that the pathway counts.", lang)
    if story.view.ordinary:
        return t("Costs: all that the pathway counts, also what everyone has.", lang)
    what = listing(ordinary, lang)
    if len(what) > LONGEST_LIST:
        return t("Costs that the investment can touch; what everyone has is left out.", lang)
    return t(
        "Costs that the investment can touch. Left out, since everyone has it: {what}.",
        lang,
        what=what,
    )


def _uncapitalised(text: str) -> str:
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def bands(story: Comparison, lang: str) -> str:
    """Return what the bands and intervals are."""
    return t("Bands: 10–90% of {n} runs.", lang, n=number(story.replications, lang))


def footer(result: Result, lang: str) -> str:
    """Return where the numbers come from."""
    seeds = (
        t("Seed {n}", lang, n=result.seeds[0])
        if len(result.seeds) == 1
        else t("Seeds {first}–{last}", lang, first=result.seeds[0], last=result.seeds[-1])
    )
    named = f"{t('scenario', lang)} {result.scenario.name} {result.digest}"
    origin = f"{seeds} · sisim {result.version} · {named}"
    if not result.scenario.invented:
        return origin
    return f"{t(INVENTED, lang)} {origin}"

"""What the figures say, in sentences."""

from __future__ import annotations

from sisim.language import number, t
from sisim.report.result import Result
from sisim.report.series import NOTICEABLE, Comparison, Investing, View, compare
from sisim.report.writing import decimal, listing, money, percent


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
    """Return which costs the figures hold, and what the bands are."""
    ordinary = [
        resource.label.in_language(lang)
        for resource in story.scenario.pathway.resources.values()
        if resource.ordinary
    ]
    if not ordinary:
        text = t("Costs: all that the pathway counts.", lang)
    elif story.view.ordinary:
        text = t("Costs: also what everyone has ({what}).", lang, what=listing(ordinary, lang))
    elif len(ordinary) <= 4:
        text = t(
            "Costs that the investment can touch; what everyone has ({what}) is left out.",
            lang,
            what=listing(ordinary, lang),
        )
    else:
        text = t(
            "Costs that the investment can touch; what everyone has, such as ordinary school, "
            "is left out.",
            lang,
        )
    if story.banded:
        text += " " + t("Bands: 10–90% of {n} runs.", lang, n=number(story.replications, lang))
    return text


def footer(result: Result, lang: str) -> str:
    """Return where the numbers come from."""
    seeds = (
        t("Seed {n}", lang, n=result.seeds[0])
        if len(result.seeds) == 1
        else t("Seeds {first}–{last}", lang, first=result.seeds[0], last=result.seeds[-1])
    )
    origin = f"{seeds} · sisim {result.version} · {t('scenario', lang)} {result.digest}"
    title = result.scenario.title.in_language(lang)
    if not result.scenario.invented:
        return f"{title}. {origin}"
    invented = t("Invented example numbers – they show the mechanism, not a forecast.", lang)
    return f"{invented} {title} · {origin}"

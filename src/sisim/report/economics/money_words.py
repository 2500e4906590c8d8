"""What the money comes to, in sentences: each names its perspective and its conventions."""

from __future__ import annotations

from math import floor, isnan, log10

from sisim.economics.appraisal import Appraisal, Interval
from sisim.economics.cash_releasing import CashLadder
from sisim.economics.cost_effectiveness import NOTHING, Effectiveness, Measure
from sisim.economics.distribution import WhoGains
from sisim.economics.ledger import ORE
from sisim.i18n import number, t
from sisim.report.formats import (
    NBSP,
    decimal,
    listing,
    money,
    percent,
    share_of,
    spread,
    unit_for,
)
from sisim.report.result import MoneyResult
from sisim.report.summary import invented, perspective, quoted
from sisim.scenario.scenario import Scenario

NAMED = 3
"""So many of those who gain are named in a sentence."""


def money_sentences(result: MoneyResult, arm: str, lang: str) -> list[str]:
    """Return what an arm comes to in money, and what money leaves out."""
    appraisal = result.appraisal[arm]
    found = [
        _heading(result.scenario, arm, lang),
        conventions(result.scenario, lang, appraisal),
        *_worth(appraisal, lang),
        _contracts(result.who_gains[arm], result.scenario, lang),
        _time(appraisal, lang),
        _rate_of_return(appraisal, lang),
        _certainty(appraisal, lang),
        _pockets(result.who_gains[arm], result.scenario, lang),
        *_cash(result.cash[arm], result.scenario, lang),
        *_outcomes(result, arm, lang),
    ]
    if result.scenario.invented:
        found.append(invented(lang))
    return [sentence for sentence in found if sentence]


def conventions(
    scenario: Scenario,
    lang: str,
    appraisal: Appraisal | None = None,
    *,
    everyone: bool = False,
    tail: bool = True,
    discounted: bool = True,
) -> str:
    """Return whose money is meant, in what prices, how discounted and counted, for how long.

    With an appraisal it is said how it was counted; `everyone` is what shows all who pay; without
    `tail`, what shows only the years that are simulated; without `discounted`, what is not.
    """
    economy = scenario.economy
    whose = (None if everyone else perspective(scenario, lang)) or t("all who pay", lang)
    parts = [
        t("Perspective: {whose}.", lang, whose=whose),
        t("Fixed prices, {level}; costs discounted by {costs} a year, effects by {effects}.", lang,
          level=economy.price_level, costs=share_of(economy.discount_costs.value, lang, 1),
          effects=share_of(economy.discount_effects.value, lang, 1))
        if discounted
        else t("Fixed prices, {level}; not discounted.", lang, level=economy.price_level),
    ]  # fmt: skip
    if appraisal is not None:
        counting = {
            "start": t("at the start of each step", lang),
            "end": t("at the end of each step", lang),
            "both": t("as the mean of the start and the end of each step", lang),
            "point": t("at every point between steps", lang),
            "weights": t("with weights of the file's own", lang),
        }[economy.counting]
        first = (
            t("the first step is not discounted", lang)
            if economy.exponent == 0
            else t("the first step is discounted by one step", lang)
        )
        parts.append(t("Counted {when}; {first}.", lang, when=counting, first=first))
    parts.append(horizon(scenario, lang, tailed=tail))
    return " ".join(parts)


def horizon(scenario: Scenario, lang: str, *, tailed: bool = True) -> str:
    """Return how long is looked at, and what tail is reckoned with."""
    years, tail = decimal(scenario.time.years, lang), scenario.economy.tail
    if tail is None or not tailed:
        return t("{years} years from {start}, nothing after them.", lang, years=years,
                 start=scenario.time.start)  # fmt: skip
    how = (
        t("the difference of the last whole year goes on", lang)
        if tail.half_life is None
        else t(
            "the difference of the last whole year fades, by half in {n} years",
            lang,
            n=decimal(tail.half_life.value, lang, 0 if tail.half_life.value % 1 == 0 else 1),
        )
    )
    return t("{years} years from {start}, and a tail of {tail}: {how}.", lang, years=years,
             start=scenario.time.start, tail=tail.years, how=how)  # fmt: skip


def verdict_words(effect: Effectiveness, arm: str, lang: str) -> str:
    """Return what a unit of an outcome costs in an arm, or why that cannot be said."""
    measure = effect.measure
    label, unit = measure.label.in_language(lang), unit_words(measure, lang)
    cost, gained = effect.intervals(arm)
    gain = gained.mean
    more = measure.good == "high"
    verdict = effect.verdict(arm)
    if verdict == "no_difference":
        return t("{what}: no difference.", lang, what=_capital(label))
    if abs(gain) <= NOTHING:
        return t("{what}: no difference, net cost {cost}.", lang, what=_capital(label),
                 cost=money(cost.mean, lang))  # fmt: skip
    better = gain > 0
    # Of what is very small, as many decimals as show that it is something.
    digits = max(1 if abs(gain) < 100 else 0, -floor(log10(abs(gain))))
    size = f"{decimal(abs(gain), lang, digits)}{NBSP}{unit}"
    change = (
        t("{size} more", lang, size=size) if more == better else t("{size} fewer", lang, size=size)
    )
    said = {
        "dominant": t("better and no dearer than without (dominant)", lang),
        "dominated": t("dearer without being better than without (dominated)", lang),
    }.get(verdict) or price_words(effect, arm, lang)
    change += _range(gained, lang, digits)
    return t("{what}: {change}, net cost {cost}; {said}.", lang, what=_capital(label),
             change=change, cost=money(cost.mean, lang), said=said)  # fmt: skip


def price_words(effect: Effectiveness, arm: str, lang: str) -> str:
    """Return what a unit of an outcome costs, or saves where it is lost; empty if neither."""
    verdict, measure = effect.verdict(arm), effect.measure
    if verdict not in ("costs_more", "saves_but_worse"):
        return ""
    price = money(abs(effect.ratio(arm)), lang)
    unit = unit_words(measure, lang, 1)
    if verdict == "saves_but_worse":
        return t("cheaper but worse: {price} saved per {unit} lost", lang, price=price, unit=unit)
    if measure.good == "high":
        return t("{price} per {unit} gained", lang, price=price, unit=unit)
    return t("{price} per {unit} avoided", lang, price=price, unit=unit)


def unit_words(measure: Measure, lang: str, count: int = 2) -> str:
    """Return what an outcome is counted in, one or several."""
    one, several = {
        "stock": (t("person-year", lang), t("person-years", lang)),
        "entries": (t("entry", lang), t("entries", lang)),
        "events": (t("event", lang), t("events", lang)),
        "weight": (t("unit", lang), t("units", lang)),
    }[measure.kind]
    return one if count == 1 else several


def estimate(amount: Interval, lang: str) -> str:
    """Return an amount with its interval over the replications."""
    unit = unit_for(max(abs(amount.mean), abs(amount.low), abs(amount.high)))
    text = money(amount.mean, lang, unit)
    ends = spread(amount.low / unit.size, amount.high / unit.size, lang, unit.digits)
    return t("{amount} (10–90%: {ends})", lang, amount=text, ends=ends) if ends else text


def _heading(scenario: Scenario, arm: str, lang: str) -> str:
    label = scenario.arms[arm].label.in_language(lang)
    return t("{arm}, compared with without, the same people in both.", lang,
             arm=quoted(label, lang))  # fmt: skip


def _worth(appraisal: Appraisal, lang: str) -> list[str]:
    found = [
        t("Invested {invested}, lower costs {lower_cost}: net present value {net}.", lang,
          **{name: estimate(appraisal.interval(name), lang)
             for name in ("invested", "lower_cost", "net")})
    ]  # fmt: skip
    if not isnan(appraisal.ratio):
        found.append(
            t("Each krona invested gives {ratio} back (benefit–cost ratio); return {gain}.", lang,
              ratio=decimal(appraisal.ratio, lang, 2), gain=percent(appraisal.gain, lang))
        )  # fmt: skip
    if appraisal.horizon.tail is not None:
        tail = estimate(appraisal.interval("tail"), lang)
        found.append(t("Of the net, {tail} lies in the tail and was not simulated.", lang,
                       tail=tail))  # fmt: skip
    return found


def _contracts(gains: WhoGains, scenario: Scenario, lang: str) -> str:
    paid = sum(
        float(amount)
        for payer, amount in zip(gains.payers, gains.of("contract").mean(axis=0), strict=True)
        if scenario.bears(payer)
    )
    if abs(paid) < ORE:
        return ""
    return t("What is invested holds contract payments of {amount} (minus: received).", lang,
             amount=money(paid, lang))  # fmt: skip


def _time(appraisal: Appraisal, lang: str) -> str:
    if not appraisal.cost.any():
        return t("Nothing is invested, so there is nothing to pay back.", lang)
    when = [
        t("never within the horizon", lang) if instant is None else str(int(instant - 1e-9))
        for instant in (appraisal.payback, appraisal.payback_discounted)
    ]
    paid = t("Paid back: {plain} undiscounted, {discounted} discounted.", lang,
             plain=when[0], discounted=when[1])  # fmt: skip
    if appraisal.payback is None and appraisal.payback_discounted is None:
        paid = t("Not paid back within the horizon.", lang)
    elif when[0] == when[1]:
        paid = t("Paid back {year}, discounted too.", lang, year=when[0])
    if appraisal.hole is None:
        return paid
    year, depth = appraisal.hole
    hole = t("Deepest hole {depth}, at the end of {year}.", lang, year=year,
             depth=money(depth, lang))  # fmt: skip
    return f"{paid} {hole}"


def _rate_of_return(appraisal: Appraisal, lang: str) -> str:
    rates = appraisal.rates_of_return
    if len(rates) == 1 and not appraisal.pays_first:
        return t("The internal rate of return is no return here: money is received first, and paid "
                 "back at {rate} a year.", lang, rate=share_of(rates[0], lang, 1))  # fmt: skip
    if len(rates) == 1:
        return t("Internal rate of return {rate} a year.", lang, rate=share_of(rates[0], lang, 1))
    if rates:
        return t("The internal rate of return says nothing: the net changes sign several times, "
                 "and is worth nothing at {rates}.", lang,
                 rates=listing([share_of(rate, lang, 1) for rate in rates], lang))  # fmt: skip
    return t("The internal rate of return is undefined: at no rate are costs and savings equal.",
             lang)  # fmt: skip


def _certainty(appraisal: Appraisal, lang: str) -> str:
    net = appraisal.interval("net")
    if net.to_halve is None:
        return t("One run tells nothing of chance: at least two are needed for a standard error.",
                 lang)  # fmt: skip
    if net.standard_error < ORE:
        return t("The net is the same in all {n} runs.", lang, n=number(net.replications, lang))
    return t("The net is not negative in {share} of {n} runs; its standard error is {error}, and "
             "{more} runs would halve it.", lang, share=share_of(appraisal.chance, lang),
             n=number(net.replications, lang), error=money(net.standard_error, lang),
             more=number(net.to_halve, lang))  # fmt: skip


def _pockets(gains: WhoGains, scenario: Scenario, lang: str) -> str:
    share = gains.share_in_other_pockets
    if isnan(share):
        return t("Nobody's costs fall.", lang)
    use = -gains.of("use").mean(axis=0)
    others = sorted(
        (
            (float(amount), payer)
            for payer, amount in zip(gains.payers, use, strict=True)
            if payer not in gains.paying and amount >= 500
        ),
        reverse=True,
    )
    if not others:
        return t("All costs that fall are those of who pays.", lang)
    named = [
        f"{scenario.payer_label(payer).in_language(lang)} {money(amount, lang)}"
        for amount, payer in others[:NAMED]
    ]
    return t("{share} of the lower costs benefit others than those who pay: {named}.",
             lang, share=share_of(share, lang), named=listing(named, lang))  # fmt: skip


def _cash(ladder: CashLadder, scenario: Scenario, lang: str) -> list[str]:
    gross, seen = (
        sum(
            float(sums.mean(axis=0).sum())
            for payer, sums in ladder.reductions(seen=which).items()
            if scenario.bears(payer)
        )
        for which in (False, True)
    )
    if abs(gross) < ORE and abs(seen) < ORE:
        return []
    whole, part = money(gross, lang), money(seen, lang)
    found = [
        t("Budgets see all of the {gross} in lower costs, not discounted.", lang, gross=whole)
        if whole == part
        else t("Of {gross} in lower costs, not discounted, budgets see {seen}; the rest is freed "
               "only in whole steps, or is capacity.", lang, gross=whole, seen=part)
    ]  # fmt: skip
    if ladder.unstated:
        names = [
            scenario.pathway.resources[name].label.in_language(lang) for name in ladder.unstated
        ]
        found.append(
            t("Nothing is reckoned as freed of what lacks a step_size: {names}.", lang,
              names=listing(names, lang))
        )  # fmt: skip
    return found


def _outcomes(result: MoneyResult, arm: str, lang: str) -> list[str]:
    if not result.effectiveness:
        return [t("The file names no outcomes: beside the money, nothing is said of people.", lang)]
    said = [verdict_words(effect, arm, lang) for effect in result.effectiveness]
    return [t("Beside the money, and not priced:", lang), *said]


def _range(gained: Interval, lang: str, digits: int) -> str:
    """Return in parentheses how much is gained or, where the mean is a loss, lost in the runs."""
    low, high = gained.low, gained.high
    ends = spread(*((low, high) if gained.mean >= 0 else (-high, -low)), lang, digits)
    return t(" (10–90%: {ends})", lang, ends=ends) if ends else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

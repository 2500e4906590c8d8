"""What the money comes to, in sentences: each names its perspective and its conventions."""

from __future__ import annotations

from math import floor, isnan, log10

from sisim.economics.appraisal import BAND_FROM, CARRIED, Appraisal, Interval
from sisim.economics.cash_releasing import CashLadder
from sisim.economics.cost_effectiveness import NOTHING, Effectiveness, OutcomeMeasured
from sisim.economics.distribution import WhoGains
from sisim.economics.ledger import ORE, USED, Kind
from sisim.economics.valuation import Valuation
from sisim.economics.yearly import year_at
from sisim.i18n import KRONA, current_currency, duration, n_, t
from sisim.report.comparison_text import invented, perspective
from sisim.report.economics.later_words import later_horizon, later_sentences, later_share
from sisim.report.formats import (
    NBSP,
    capital,
    decimal,
    listing,
    lower,
    money,
    percent,
    quoted,
    runs_of,
    share_of,
    signed_money,
    spread,
    unit_for,
)
from sisim.report.present_value import estimate, valued, worth_words
from sisim.report.replication_words import few_runs
from sisim.scenario.scenario import Scenario

NAMED = 3
"""So many of those who gain are named in a sentence."""


def money_sentences(result: Valuation, arm: str) -> list[str]:
    """Return what an arm comes to in money, and what money leaves out."""
    appraisal = result.appraisal[arm]
    found = [
        _heading(result.scenario, arm),
        conventions(result.scenario, appraisal),
        *_worth(appraisal),
        *later_sentences(result, arm),
        _invested(result.who_gains[arm], result.scenario),
        _financing(appraisal),
        _time(appraisal),
        _rate_of_return(appraisal),
        _certainty(appraisal),
        _pockets(result.who_gains[arm], result.scenario),
        *_cash(result.cash[arm], result.scenario),
        *_outcomes(result, arm),
    ]
    found += few_runs(len(result.seeds))
    if result.scenario.invented:
        found.append(invented())
    return [sentence for sentence in found if sentence]


def short_sentences(result: Valuation, arm: str) -> list[str]:
    """Return what an arm comes to in money and in outcomes, in a few sentences."""
    appraisal = result.appraisal[arm]
    found = [
        _heading(result.scenario, arm),
        conventions(result.scenario, appraisal),
        *_worth(appraisal),
        *later_sentences(result, arm),
        _certainty(appraisal),
        *_outcomes(result, arm),
        *few_runs(len(result.seeds)),
    ]
    return [sentence for sentence in found if sentence]


def conventions(
    scenario: Scenario,
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
    rates = (economy.discount_costs.value, economy.discount_effects.value)
    whose = (None if everyone else perspective(scenario)) or t("all who pay")
    parts = [
        t("Perspective: {whose}.", whose=whose),
        t(
            "Fixed prices, {level}; costs discounted by {costs} a year, effects by {effects}.",
            level=economy.price_level,
            costs=share_of(rates[0], 1),
            effects=share_of(rates[1], 1),
        )
        if discounted and any(rates)
        else t("Fixed prices, {level}; not discounted.", level=economy.price_level),
    ]
    if appraisal is not None:
        counting = {
            "start": t("at the start of each step"),
            "end": t("at the end of each step"),
            "both": t("as the mean of the start and the end of each step"),
            "point": t("at every point between steps"),
            "weights": t("with weights of the file's own"),
        }[economy.counting]
        first = (
            t("the first step is not discounted")
            if economy.exponent == 0
            else t("the first step is discounted by one step")
        )
        parts.append(
            t("Counted {when}; {first}.", when=counting, first=first)
            if any(rates)
            else t("Counted {when}.", when=counting)
        )
    parts.append(horizon(scenario, tailed=tail))
    return " ".join(parts)


def horizon(scenario: Scenario, *, tailed: bool = True) -> str:
    """Return how long is looked at, and what tail is reckoned with."""
    length, tail = duration(scenario.time.years), scenario.economy.tail
    if scenario.continuation is not None and tailed:
        return t(
            "{length} from {start}, and {after}.",
            length=length,
            start=scenario.time.start,
            after=later_horizon(scenario),
        )
    if tail is None or not tailed:
        return t(
            "{length} from {start}, nothing after that.",
            length=length,
            start=scenario.time.start,
        )
    how = (
        t("the difference of the last whole year goes on")
        if tail.half_life is None
        else t(
            "the difference of the last whole year fades, by half in {length}",
            length=duration(tail.half_life.value),
        )
    )
    return t(
        "{length} from {start}, and a tail of {tail}: {how}.",
        length=length,
        start=scenario.time.start,
        tail=duration(tail.years),
        how=how,
    )


def verdict_words(effect: Effectiveness, arm: str) -> str:
    """Return what a unit of an outcome costs in an arm, or why that cannot be said."""
    measure = effect.measure
    label = measure.label.text
    gained = effect.units(arm)
    gain = gained.mean
    more = measure.good == "high"
    verdict = effect.verdict(arm)
    if verdict == "no_difference":
        return t("{what}: no difference.", what=capital(label))
    if abs(gain) <= NOTHING:
        return t(
            "{what}: no difference, net cost {cost}.",
            what=capital(label),
            cost=net_cost_words(effect, arm),
        )
    better = gain > 0
    # Events are whole; of what is very small, as many decimals as show that it is something.
    whole = 1 if measure.kind in ("entries", "events") else 100
    digits = max(1 if abs(gain) < whole else 0, -floor(log10(abs(gain))))
    number = decimal(abs(gain), digits)
    size = f"{number}{NBSP}{unit_words(measure, 1 if number == '1' else 2)}"
    change = t("{size} more", size=size) if more == better else t("{size} fewer", size=size)
    said = dominance_words(effect, arm) or price_words(effect, arm)
    change += _range(gained, digits)
    if effect.rates[1]:
        discounted = effect.intervals(arm)[1].mean * (1 if better else -1)
        change += t(
            " (discounted at {rate} a year: {n})",
            rate=share_of(effect.rates[1], 1),
            n=decimal(discounted, digits),
        )
    return t(
        "{what}: {change}, net cost {cost}; {said}.",
        what=capital(label),
        change=change,
        cost=net_cost_words(effect, arm),
        said=said,
    )


def dominance_words(effect: Effectiveness, arm: str) -> str:
    """Return that an arm dominates or is dominated, in how many of the runs; empty if neither."""
    verdict, share = effect.verdict(arm), effect.agreeing(arm)
    if verdict not in ("dominant", "dominated"):
        return ""
    runs = runs_of(share, len(effect.cost))
    if share < CARRIED:
        if verdict == "dominant":
            return t("better and no dearer on average, but only in {runs}", runs=runs)
        return t("dearer and no better on average, but only in {runs}", runs=runs)
    if verdict == "dominant":
        return t("better and no dearer in {runs} (dominant)", runs=runs)
    return t("dearer and no better in {runs} (dominated)", runs=runs)


def net_cost_words(effect: Effectiveness, arm: str) -> str:
    """Return the net cost of an arm, and that it is a present value where it is one."""
    return valued(money(effect.intervals(arm)[0].mean), effect.rates[0])


def price_words(effect: Effectiveness, arm: str) -> str:
    """Return what a unit of an outcome costs, or saves where it is lost; empty if neither.

    A price is told only where the runs carry it.
    """
    verdict, measure = effect.verdict(arm), effect.measure
    if verdict not in ("costs_more", "saves_but_worse"):
        return ""
    unit = unit_words(measure, 1)
    if effect.rates[1]:
        unit = t("discounted {unit}", unit=unit)
    if not effect.carried(arm):
        return t("no price per {unit} that the runs carry", unit=unit)
    price = money(abs(effect.ratio(arm)))
    if verdict == "saves_but_worse":
        return t("cheaper but worse: {price} saved per {unit} lost", price=price, unit=unit)
    if measure.good == "high":
        return t("{price} per {unit} gained", price=price, unit=unit)
    return t("{price} per {unit} avoided", price=price, unit=unit)


def unit_words(measure: OutcomeMeasured, count: int = 2) -> str:
    """Return what an outcome is counted in, one or several."""
    return {
        "stock": n_("person-year", "person-years", count),
        "entries": n_("entry", "entries", count),
        "events": n_("event", "events", count),
        "weight": n_("unit", "units", count),
    }[measure.kind]


def _heading(scenario: Scenario, arm: str) -> str:
    label = scenario.arms[arm].label.text
    return t("{arm}, compared with without, the same people in both.", arm=quoted(label))


def _worth(appraisal: Appraisal) -> list[str]:
    said = {name: estimate(appraisal.interval(name)) for name in ("invested", "lower_cost", "net")}
    found = [
        t(
            "Invested {invested}, lower costs {lower_cost}: net present value {net} (present "
            "values at {rate} a year).",
            rate=share_of(appraisal.rate, 1),
            **said,
        )
        if appraisal.rate
        else t("Invested {invested}, lower costs {lower_cost}: net {net} (not discounted).", **said)
    ]
    if not isnan(appraisal.ratio):
        told = {"ratio": decimal(appraisal.ratio, 2), "gain": percent(appraisal.gain)}
        found.append(
            t("Each krona invested gives {ratio} back (benefit–cost ratio); return {gain}.", **told)
            if current_currency() == KRONA
            else t("The benefit–cost ratio is {ratio}; return {gain}.", **told)
        )
    if appraisal.income.any():
        found.append(
            t(
                "Of the net, {income} is not lower costs but income in the simulated years: pay, "
                "taxes and benefits.",
                income=estimate(appraisal.interval("income")),
            )
        )
    if appraisal.horizon.continued:
        found.append(later_share(appraisal))
    elif appraisal.horizon.tail is not None:
        tail = estimate(appraisal.interval("tail"))
        found.append(t("Of the net, {tail} lies in the tail and was not simulated.", tail=tail))
    return found


def _invested(gains: WhoGains, scenario: Scenario) -> str:
    """Return of what parts the amount that is invested is made, where there are several."""
    names: dict[Kind, str] = {
        "investment": t("the investment"),
        "running": t("the running cost of the new way of working"),
        "replaced": t("what it replaces"),
        "contract": t("payments for services under contracts"),
    }
    parts = {kind: _borne(gains, scenario, kind) for kind in names}
    shown = {kind: part for kind, part in parts.items() if abs(part) >= ORE}
    if set(shown) <= {"investment"}:
        return ""
    unit = unit_for(max(map(abs, shown.values())))
    what = [f"{names[kind]} {money(part, unit)}" for kind, part in shown.items()]
    return t("What is invested is the sum of {parts}.", parts=listing(what))


def _financing(appraisal: Appraisal) -> str:
    if not appraisal.paid_financiers.any():
        return ""
    financing, net = appraisal.of_mean["financing"], appraisal.of_mean["net"]
    said = {"amount": money(abs(financing)), "net": valued(money(net - financing), appraisal.rate)}
    if financing < 0:
        return t(
            "Financing is not in it: those who finance it put in {amount} more than they are paid. "
            "Net with that: {net}.",
            **said,
        )
    return t(
        "Financing is not in it: those who finance it are paid {amount} more than they put in. "
        "Net with that: {net}.",
        **said,
    )


def _borne(gains: WhoGains, scenario: Scenario, kind: Kind) -> float:
    """Return the mean of what a kind costs those of the perspective more than without."""
    return sum(
        float(amount)
        for payer, amount in zip(gains.payers, gains.of(kind).mean(axis=0), strict=True)
        if scenario.bears(payer)
    )


def _time(appraisal: Appraisal) -> str:
    if not appraisal.cost.any():
        return t("Nothing is invested, so there is nothing to pay back.")
    when = [
        t("never within the horizon")
        if instant is None
        else str(year_at(instant, int(appraisal.years[0])))
        for instant in (appraisal.payback, appraisal.payback_discounted)
    ]
    paid = t(
        "Paid back: {plain} undiscounted, {discounted} discounted.",
        plain=when[0],
        discounted=when[1],
    )
    if appraisal.payback is None and appraisal.payback_discounted is None:
        paid = t("Not paid back within the horizon.")
    elif not appraisal.rate:
        paid = t("Paid back {year}.", year=when[0])
    elif when[0] == when[1]:
        paid = t("Paid back {year}, discounted too.", year=when[0])
    if 1 - CARRIED < appraisal.chance < CARRIED:
        share = share_of(appraisal.chance)
        paid += " " + t("The runs do not agree: it is paid back in {share} of them.", share=share)
    if appraisal.hole is None:
        return paid
    year, depth = appraisal.hole
    hole = t(
        "Deepest hole {depth}, not discounted, at the end of {year}.",
        year=year,
        depth=money(depth),
    )
    return f"{paid} {hole}"


def _rate_of_return(appraisal: Appraisal) -> str:
    rates = appraisal.rates_of_return
    if len(rates) == 1 and not appraisal.pays_first:
        return t(
            "The internal rate of return is no return here: money is received first, and paid "
            "back at {rate} a year.",
            rate=share_of(rates[0], 1),
        )
    if len(rates) == 1:
        return t("Internal rate of return {rate} a year.", rate=share_of(rates[0], 1))
    if rates:
        return t(
            "The internal rate of return says nothing: the net changes sign several times, "
            "and is worth nothing at {rates}.",
            rates=listing([share_of(rate, 1) for rate in rates]),
        )
    return t("The internal rate of return is undefined: at no rate are costs and savings equal.")


def _certainty(appraisal: Appraisal) -> str:
    net = appraisal.interval("net")
    if net.to_halve is None:
        return ""
    if net.standard_error < ORE:
        return t(
            "The net is the same in all {runs}.", runs=n_("{n} run", "{n} runs", net.replications)
        )
    return t(
        "The net is positive in {runs}; its standard error is {error}, and {more} would halve it.",
        runs=runs_of(float((appraisal.amounts["net"] > ORE).mean()), net.replications),
        error=money(net.standard_error),
        more=n_("{n} run", "{n} runs", net.to_halve),
    )


def _pockets(gains: WhoGains, scenario: Scenario) -> str:
    share = gains.share_in_other_pockets
    if isnan(share):
        return t("Nobody's costs fall.")
    use = -gains.of(*USED).mean(axis=0)
    others = sorted(
        (
            (float(amount), payer)
            for payer, amount in zip(gains.payers, use, strict=True)
            if payer not in gains.paying and amount >= 500
        ),
        reverse=True,
    )
    if not others:
        return t("All costs that fall are those of who pays.")
    named = [
        f"{lower(scenario.payer_label(payer).text)} {money(amount)}"
        for amount, payer in others[:NAMED]
    ]
    return t(
        "{share} of the lower costs ({how}) benefit others than those who pay: {named}.",
        share=share_of(share),
        how=worth_words(gains.rate),
        named=listing(named),
    )


def _cash(ladder: CashLadder, scenario: Scenario) -> list[str]:
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
    whole, part = money(gross), money(seen)
    found = [
        t(
            "Costs become {gross} higher, not discounted; in the budgets the change is {seen}.",
            gross=money(-gross),
            seen=signed_money(0.0 - seen),
        )
        if gross < 0
        else t("Budgets see all of the {gross} in lower costs, not discounted.", gross=whole)
        if whole == part
        else t(
            "Of {gross} in lower costs, not discounted, budgets see {seen}; the rest is freed "
            "only in whole steps, or is capacity.",
            gross=whole,
            seen=part,
        )
    ]
    if ladder.unstated:
        names = [scenario.pathway.resources[name].label.text for name in ladder.unstated]
        found.append(
            t(
                "Nothing is reckoned as freed of what lacks a step_size: {names}.",
                names=listing(names),
            )
        )
    return found


def _outcomes(result: Valuation, arm: str) -> list[str]:
    if not result.effectiveness:
        return [t("The file names no outcomes: beside the money, nothing is said of people.")]
    said = [verdict_words(effect, arm) for effect in result.effectiveness]
    return [t("Beside the money, and not priced:"), *said]


def _range(gained: Interval, digits: int) -> str:
    """Return in parentheses how much is gained or, where the mean is a loss, lost in the runs."""
    if gained.replications < BAND_FROM:
        return ""
    low, high = gained.low, gained.high
    ends = spread(*((low, high) if gained.mean >= 0 else (-high, -low)), digits)
    return t(" (10–90%: {ends})", ends=ends) if ends else ""

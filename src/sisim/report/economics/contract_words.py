"""An outcome contract as one plain sentence, made from the file."""

from __future__ import annotations

from collections.abc import Iterator

from sisim.i18n import t
from sisim.report.formats import (
    NBSP,
    listing,
    lower,
    money,
    money_unit,
    quoted,
    whole_money,
)
from sisim.report.risk_words import figures, percent
from sisim.scenario.contract import Contract, Measure, Payment, Tier
from sisim.scenario.economy import FUND
from sisim.scenario.scenario import Scenario


def sentence(scenario: Scenario, contract: Contract) -> str:
    """Return who pays whom, how much and for what, in one sentence."""
    said: set[str] = set()
    clauses = "; ".join(
        _clause(scenario, contract, payment, said) for payment in contract.payments.values()
    )
    return f"{contract.label.text}: {clauses}."


def title_of(scenario: Scenario, contract: Contract, arm: str) -> str:
    """Return the labels of a contract and of the arm in which it is settled, if they differ."""
    label, own = contract.label.text, scenario.arms[arm].label.text
    return label if label == own else t("{contract} (“{arm}”)", contract=label, arm=own)


def party_name(scenario: Scenario, contract: Contract, party: str) -> str:
    """Return what a party is called."""
    own = contract.parties.names.get(party)
    if own is not None:
        return own.text
    if party == FUND and party not in scenario.funds:
        return t("The fund")
    return scenario.payer_label(party).text


def role_name(contract: Contract, party: str) -> str:
    """Return what part a party has in the contract; empty for administrations and funds."""
    if party not in contract.parties.names:
        return ""
    return {
        "investor": t("investor"),
        "provider": t("provider"),
        "guarantor": t("guarantor"),
        "intermediary": t("intermediary"),
        "evaluator": t("evaluator"),
    }[party]


def span_of(first: int, last: int) -> str:
    """Return some years, from the first to the last.

    Examples:
        >>> span_of(2026, 2026), span_of(2026, 2028)
        ('2026', '2026–2028')
    """
    return str(first) if first == last else f"{first}–{last}"


def range_of(payment: Payment, number: int) -> str:
    """Return the results that a tier holds; tier 0 is all below the lowest."""
    steps = payment.steps
    if number == 0:
        low = steps[0]
        start = bound(payment, low.start or 0.0)
        if low.from_ is not None:
            return t("below {limit}", limit=start)
        return t("at most {limit}", limit=start)
    step = steps[number - 1]
    end, inclusive = _end(steps, number)
    low_text = None if step.start is None else bound(payment, step.start)
    if low_text is None:
        if end is None:
            return t("whatever the result")
        limit = bound(payment, end)
        return t("at most {limit}", limit=limit) if inclusive else t("below {limit}", limit=limit)
    if end is None:
        if step.from_ is not None:
            return t("at least {limit}", limit=low_text)
        return t("over {limit}", limit=low_text)
    start = (
        t("from {limit}", limit=low_text)
        if step.from_ is not None
        else t("over {limit}", limit=low_text)
    )
    limit = bound(payment, end)
    return f"{start} " + (
        t("up to {limit}", limit=limit) if inclusive else t("to below {limit}", limit=limit)
    )


def bound(payment: Payment, value: float) -> str:
    """Return a bound as it is read: a share in percent, else units."""
    measure = payment.measure
    assert measure is not None
    compared = measure.against != "none"
    if measure.per is not None or (compared and measure.read_as == "share"):
        return percent(value).replace("-", "\N{MINUS SIGN}")
    return figures(value)


def at_risk_words(payment: Payment) -> str:
    """Return how much of a payment depends on the outcome."""
    if payment.measure is None:
        return t("whatever the outcome")
    if payment.amounts and payment.at_risk.value < 1:
        return t("{share} by outcome", share=percent(payment.at_risk.value))
    return t("by outcome")


def amount_text(amount: float) -> str:
    """Return an amount in the currency when it is small, else in thousands or millions of it.

    Examples:
        >>> amount_text(1650).replace(NBSP, " "), amount_text(2.5e6).replace(NBSP, " ")
        ('SEK 1,650', 'SEK 2.5m')
    """
    if abs(amount) >= 1e5:
        return money(amount)
    digits = 0 if round(amount, 2) == round(amount) else 2
    return whole_money(amount, digits).replace(" ", NBSP)


def _end(steps: list[Tier], number: int) -> tuple[float | None, bool]:
    """Return where a tier ends, and whether that belongs to it."""
    step = steps[number - 1]
    if step.end is not None:
        return step.end, step.to is not None
    if number == len(steps):
        return None, False
    return steps[number].start, steps[number].over is not None


def _clause(scenario: Scenario, contract: Contract, payment: Payment, said: set[str]) -> str:
    payer, payee = (
        _introduced(scenario, contract, party, said) for party in (payment.from_, payment.to)
    )
    amounts = listing(list(_amounts(payment)))
    rule = "" if payment.measure is None else _rule(scenario, contract, payment)
    if not rule:
        what = amounts
    elif not amounts:
        what = rule
    elif payment.at_risk.value >= 1:
        what = t(
            "{amounts}, but only as far as it has been earned: {rule}", amounts=amounts, rule=rule
        )
    else:
        what = t(
            "{amounts}, of which {share} only as far as it has been earned: {rule}",
            amounts=amounts,
            share=percent(payment.at_risk.value),
            rule=rule,
        )
    said_so = t("{payer} pays {payee} {what}", payer=payer, payee=payee, what=what)
    return ", ".join([said_so, *_limits(contract, payment)])


def _introduced(scenario: Scenario, contract: Contract, party: str, said: set[str]) -> str:
    """Return a party's name, with its role the first time."""
    name, role = party_name(scenario, contract, party), role_name(contract, party)
    first = party not in said and role and role.casefold() not in name.casefold()
    said.add(party)
    return f"{name} ({role})" if first else name


def _amounts(payment: Payment) -> Iterator[str]:
    """Return the stated amounts, equal ones in a row as one."""
    runs: list[list[int]] = []
    by_year = dict(sorted(payment.by_year.items()))
    for year, amount in by_year.items():
        if runs and runs[-1][-1] == year - 1 and by_year[year - 1] == amount:
            runs[-1].append(year)
        else:
            runs.append([year])
    for years in runs:
        said = amount_text(by_year[years[0]])
        when = span_of(years[0], years[-1])
        if len(years) == 1:
            yield t("{amount} in {year}", amount=said, year=when)
        else:
            yield t("{amount} a year in {years}", amount=said, years=when)


def _rule(scenario: Scenario, contract: Contract, payment: Payment) -> str:
    measure = payment.measure
    assert measure is not None
    thing, unit = _thing(scenario, measure)
    reference = _reference(scenario, measure)
    high = measure.outcome is not None and scenario.outcomes[measure.outcome].good == "high"
    when = listing([span_of(*period) for period in measure.periods])
    words = {"thing": thing, "when": when, "reference": reference, "unit": unit}
    if payment.price is None:
        if measure.against == "none":
            rule = t("depending on {thing} in {when}", **words)
        elif high:
            rule = t("depending on how much higher {thing} in {when} is than {reference}", **words)
        else:
            rule = t("depending on how much lower {thing} in {when} is than {reference}", **words)
        numbers = range(1, len(payment.tiers) + 1)
        tiers = [
            t(
                "{amount} if {range}",
                amount=_pays(contract, payment, number),
                range=range_of(payment, number),
            )
            for number in numbers
        ]
        rule = f"{rule}: {listing(tiers)}"
    elif measure.saved_by:
        share = percent(payment.price.value)
        rule = t(
            "{share} of the amount by which {thing} in {when} are lower than {reference}",
            share=share,
            **words,
        )
    else:
        price = amount_text(payment.price.value)
        if measure.against == "none":
            rule = t("{price} for every {unit} of {thing} in {when}", price=price, **words)
        elif high:
            rule = t(
                "{price} for every {unit} by which {thing} in {when} is higher than {reference}",
                price=price,
                **words,
            )
        else:
            rule = t(
                "{price} for every {unit} by which {thing} in {when} is lower than {reference}",
                price=price,
                **words,
            )
    return rule + _trigger(payment)


def _trigger(payment: Payment) -> str:
    measure = payment.measure
    if payment.threshold is None or measure is None:
        return ""
    own = bound(payment, payment.threshold)
    if len(measure.periods) == 1:
        return t(", if the difference is at least {own}", own=own)
    if payment.pooled is None:
        return t(", for each period in which the difference is at least {own}", own=own)
    return t(
        ", for each period in which the difference is at least {own}, and for all periods if it "
        "is at least {pooled} for them together",
        own=own,
        pooled=bound(payment, payment.pooled),
    )


def _thing(scenario: Scenario, measure: Measure) -> tuple[str, str]:
    """Return what is measured, and its unit."""
    if measure.saved_by:
        whose = [lower(scenario.payer_label(name).text) for name in measure.saved_by]
        return t("the costs of {whose}", whose=listing(whose)), money_unit()
    if measure.resource is not None:
        resource = scenario.pathway.resources[measure.resource]
        thing = quoted(resource.label.text)
        return t("the use of {thing}", thing=thing), resource.unit.text
    assert measure.outcome is not None
    thing = quoted(scenario.outcomes[measure.outcome].label.text)
    if measure.per is not None:
        base = quoted(scenario.outcomes[measure.per].label.text)
        thing = t("{thing} per {base}", thing=thing, base=base)
    units = {
        "stock": t("person-year"),
        "entries": t("entry"),
        "events": t("event"),
    }
    return thing, units[scenario.outcomes[measure.outcome].count]


def _reference(scenario: Scenario, measure: Measure) -> str:
    if measure.verified_by is not None:
        label = scenario.evaluations[measure.verified_by].label.text
        return t("without the investment, by the evaluation {label}", label=quoted(label))
    if measure.against == "without":
        return t("without the investment")
    if measure.level is not None:
        reference = t("the expected {level} a year", level=figures(measure.level.value))
    elif measure.years_before == 1:
        reference = t("in the year before the start")
    else:
        reference = t("the mean of the {n} years before the start", n=measure.years_before)
    if measure.trend.value:
        trend = percent(measure.trend.value).replace("-", "\N{MINUS SIGN}")
        reference += t(" adjusted for a trend of {trend} a year", trend=trend)
    return reference


def _pays(contract: Contract, payment: Payment, number: int) -> str:
    tier = payment.tiers[number - 1]
    if tier.price is not None:
        if payment.measure is not None and payment.measure.saved_by:
            return t("{share} of it", share=percent(tier.price.value))
        return t("{price} per unit", price=amount_text(tier.price.value))
    return _amount(contract, payment, 0.0 if tier.pays is None else tier.pays.value)


def _amount(contract: Contract, payment: Payment, value: float) -> str:
    if payment.of is None:
        return amount_text(value)
    whole = quoted(contract.payments[payment.of].label.text)
    return t("{share} of {whole}", share=percent(value), whole=whole)


def _limits(contract: Contract, payment: Payment) -> Iterator[str]:
    if payment.cap_per_year is not None:
        cap = _amount(contract, payment, payment.cap_per_year.value)
        yield t("at most {cap} a year", cap=cap)
    if payment.cap is not None:
        cap = _amount(contract, payment, payment.cap.value)
        yield t("at most {cap} in all", cap=cap)
    if payment.delay:
        yield (
            t("paid {n} years later", n=payment.delay)
            if payment.delay > 1
            else t("paid the year after")
        )
    if payment.unlocked_by is not None:
        first = quoted(contract.payments[payment.unlocked_by].label.text)
        yield t("and only when {first} has been earned", first=first)

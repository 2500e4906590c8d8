"""An outcome contract as one plain sentence, made from the file."""

from __future__ import annotations

from collections.abc import Iterator

from sisim.i18n import t
from sisim.report.formats import NBSP, decimal, listing, money, unit_for
from sisim.report.risk_words import figures, percent
from sisim.report.summary import quoted
from sisim.scenario.contract import Contract, Measure, Payment, Tier
from sisim.scenario.economy import FUND
from sisim.scenario.scenario import Scenario


def sentence(scenario: Scenario, contract: Contract, lang: str) -> str:
    """Return who pays whom, how much and for what, in one sentence."""
    said: set[str] = set()
    clauses = "; ".join(
        _clause(scenario, contract, payment, lang, said) for payment in contract.payments.values()
    )
    return f"{contract.label.in_language(lang)}: {clauses}."


def title_of(scenario: Scenario, contract: Contract, arm: str, lang: str) -> str:
    """Return the labels of a contract and of the arm in which it is settled, if they differ."""
    labels = [contract.label.in_language(lang), scenario.arms[arm].label.in_language(lang)]
    return ", ".join(dict.fromkeys(labels))


def party_name(scenario: Scenario, contract: Contract, party: str, lang: str) -> str:
    """Return what a party is called."""
    own = contract.parties.names.get(party)
    if own is not None:
        return own.in_language(lang)
    if party == FUND and party not in scenario.funds:
        return t("The fund", lang)
    return scenario.payer_label(party).in_language(lang)


def role_name(contract: Contract, party: str, lang: str) -> str:
    """Return what part a party has in the contract; empty for administrations and funds."""
    if party not in contract.parties.names:
        return ""
    return {
        "investor": t("investor", lang),
        "provider": t("provider", lang),
        "guarantor": t("guarantor", lang),
        "intermediary": t("intermediary", lang),
        "evaluator": t("evaluator", lang),
    }[party]


def span_of(first: int, last: int) -> str:
    """Return some years, from the first to the last.

    Examples:
        >>> span_of(2026, 2026), span_of(2026, 2028)
        ('2026', '2026–2028')
    """
    return str(first) if first == last else f"{first}–{last}"


def range_of(payment: Payment, number: int, lang: str) -> str:
    """Return the results that a tier holds; tier 0 is all below the lowest."""
    steps = payment.steps
    if number == 0:
        low = steps[0]
        start = bound(payment, low.start or 0.0, lang)
        if low.from_ is not None:
            return t("below {limit}", lang, limit=start)
        return t("at most {limit}", lang, limit=start)
    step = steps[number - 1]
    end, inclusive = _end(steps, number)
    low_text = None if step.start is None else bound(payment, step.start, lang)
    if low_text is None:
        if end is None:
            return t("whatever the result", lang)
        limit = bound(payment, end, lang)
        return t("at most {limit}", lang, limit=limit) if inclusive else t(
            "below {limit}", lang, limit=limit
        )  # fmt: skip
    if end is None:
        if step.from_ is not None:
            return t("at least {limit}", lang, limit=low_text)
        return t("over {limit}", lang, limit=low_text)
    start = t("from {limit}", lang, limit=low_text) if step.from_ is not None else t(
        "over {limit}", lang, limit=low_text
    )  # fmt: skip
    limit = bound(payment, end, lang)
    return f"{start} " + (
        t("up to {limit}", lang, limit=limit)
        if inclusive
        else t("to below {limit}", lang, limit=limit)
    )


def bound(payment: Payment, value: float, lang: str) -> str:
    """Return a bound as it is read: a share in percent, else units."""
    measure = payment.measure
    assert measure is not None
    compared = measure.against != "none"
    if measure.per is not None or (compared and measure.read_as == "share"):
        return percent(value, lang).replace("-", "\N{MINUS SIGN}")
    return figures(value, lang)


def at_risk_words(payment: Payment, lang: str) -> str:
    """Return how much of a payment depends on the outcome."""
    if payment.measure is None:
        return t("whatever the outcome", lang)
    if payment.amounts and payment.at_risk.value < 1:
        return t("{share} by outcome", lang, share=percent(payment.at_risk.value, lang))
    return t("by outcome", lang)


def kronor(amount: float, lang: str) -> str:
    """Return an amount in kronor when it is small, else in thousands or millions.

    Examples:
        >>> kronor(1650, "en").replace(NBSP, " "), kronor(2.5e6, "en").replace(NBSP, " ")
        ('SEK 1,650', 'SEK 2.5m')
    """
    if abs(amount) >= 1e5:
        return money(amount, lang)
    digits = 0 if round(amount, 2) == round(amount) else 2
    return t("SEK {n}", lang, n=decimal(amount, lang, digits)).replace(" ", NBSP)


def signed(amount: float, lang: str) -> str:
    """Return a net amount, with a plus where something is left.

    Examples:
        >>> signed(2.5e6, "sv").replace(NBSP, " ")
        '+2,5 mkr'
    """
    unit = unit_for(amount)
    plus = "+" if round(amount / unit.size, unit.digits) > 0 else ""
    return plus + money(amount, lang, unit)


def _end(steps: list[Tier], number: int) -> tuple[float | None, bool]:
    """Return where a tier ends, and whether that belongs to it."""
    step = steps[number - 1]
    if step.end is not None:
        return step.end, step.to is not None
    if number == len(steps):
        return None, False
    return steps[number].start, steps[number].over is not None


def _clause(
    scenario: Scenario, contract: Contract, payment: Payment, lang: str, said: set[str]
) -> str:
    payer, payee = (
        _introduced(scenario, contract, party, lang, said) for party in (payment.from_, payment.to)
    )
    amounts = listing(list(_amounts(payment, lang)), lang)
    rule = "" if payment.measure is None else _rule(scenario, contract, payment, lang)
    if not rule:
        what = amounts
    elif not amounts:
        what = rule
    elif payment.at_risk.value >= 1:
        what = t("{amounts}, but only as far as it has been earned: {rule}", lang,
                 amounts=amounts, rule=rule)  # fmt: skip
    else:
        what = t("{amounts}, of which {share} only as far as it has been earned: {rule}", lang,
                 amounts=amounts, share=percent(payment.at_risk.value, lang),
                 rule=rule)  # fmt: skip
    said_so = t("{payer} pays {payee} {what}", lang, payer=payer, payee=payee, what=what)
    return ", ".join([said_so, *_limits(contract, payment, lang)])


def _introduced(
    scenario: Scenario, contract: Contract, party: str, lang: str, said: set[str]
) -> str:
    """Return a party's name, with its role the first time."""
    name, role = party_name(scenario, contract, party, lang), role_name(contract, party, lang)
    first = party not in said and role and role.casefold() not in name.casefold()
    said.add(party)
    return f"{name} ({role})" if first else name


def _amounts(payment: Payment, lang: str) -> Iterator[str]:
    """Return the stated amounts, equal ones in a row as one."""
    runs: list[list[int]] = []
    by_year = dict(sorted(payment.by_year.items()))
    for year, amount in by_year.items():
        if runs and runs[-1][-1] == year - 1 and by_year[year - 1] == amount:
            runs[-1].append(year)
        else:
            runs.append([year])
    for years in runs:
        amount_text = kronor(by_year[years[0]], lang)
        when = span_of(years[0], years[-1])
        if len(years) == 1:
            yield t("{amount} in {year}", lang, amount=amount_text, year=when)
        else:
            yield t("{amount} a year in {years}", lang, amount=amount_text, years=when)


def _rule(scenario: Scenario, contract: Contract, payment: Payment, lang: str) -> str:
    measure = payment.measure
    assert measure is not None
    thing, unit = _thing(scenario, measure, lang)
    reference = _reference(measure, lang)
    high = measure.outcome is not None and scenario.outcomes[measure.outcome].good == "high"
    when = listing([span_of(*period) for period in measure.periods], lang)
    words = {"thing": thing, "when": when, "reference": reference, "unit": unit}
    if payment.price is None:
        if measure.against == "none":
            rule = t("depending on {thing} in {when}", lang, **words)
        elif high:
            rule = t("depending on how much higher {thing} in {when} is than {reference}", lang,
                     **words)  # fmt: skip
        else:
            rule = t("depending on how much lower {thing} in {when} is than {reference}", lang,
                     **words)  # fmt: skip
        numbers = range(1, len(payment.tiers) + 1)
        tiers = [
            t("{amount} if {range}", lang, amount=_pays(contract, payment, number, lang),
              range=range_of(payment, number, lang))
            for number in numbers
        ]  # fmt: skip
        rule = f"{rule}: {listing(tiers, lang)}"
    elif measure.saved_by:
        share = percent(payment.price.value, lang)
        rule = t("{share} of the amount by which {thing} in {when} are lower than {reference}",
                 lang, share=share, **words)  # fmt: skip
    else:
        price = kronor(payment.price.value, lang)
        if measure.against == "none":
            rule = t("{price} for every {unit} of {thing} in {when}", lang, price=price, **words)
        elif high:
            rule = t("{price} for every {unit} by which {thing} in {when} is higher than "
                     "{reference}", lang, price=price, **words)  # fmt: skip
        else:
            rule = t("{price} for every {unit} by which {thing} in {when} is lower than "
                     "{reference}", lang, price=price, **words)  # fmt: skip
    return rule + _trigger(payment, lang)


def _trigger(payment: Payment, lang: str) -> str:
    measure = payment.measure
    if payment.threshold is None or measure is None:
        return ""
    own = bound(payment, payment.threshold, lang)
    if len(measure.periods) == 1:
        return t(", if the difference is at least {own}", lang, own=own)
    if payment.pooled is None:
        return t(", for each period in which the difference is at least {own}", lang, own=own)
    return t(
        ", for each period in which the difference is at least {own}, and for all periods if it "
        "is at least {pooled} for them together",
        lang, own=own, pooled=bound(payment, payment.pooled, lang),
    )  # fmt: skip


def _thing(scenario: Scenario, measure: Measure, lang: str) -> tuple[str, str]:
    """Return what is measured, and its unit."""
    unit = t("krona", lang)
    if measure.saved_by:
        whose = [scenario.payer_label(name).in_language(lang) for name in measure.saved_by]
        return t("the costs of {whose}", lang, whose=listing(whose, lang)), unit
    if measure.resource is not None:
        resource = scenario.pathway.resources[measure.resource]
        thing = quoted(resource.label.in_language(lang), lang)
        return t("the use of {thing}", lang, thing=thing), resource.unit.in_language(lang)
    assert measure.outcome is not None
    thing = quoted(scenario.outcomes[measure.outcome].label.in_language(lang), lang)
    if measure.per is not None:
        base = quoted(scenario.outcomes[measure.per].label.in_language(lang), lang)
        thing = t("{thing} per {base}", lang, thing=thing, base=base)
    units = {
        "stock": t("person-year", lang),
        "entries": t("entry", lang),
        "events": t("event", lang),
    }
    return thing, units[scenario.outcomes[measure.outcome].count]


def _reference(measure: Measure, lang: str) -> str:
    if measure.against == "without":
        return t("without the investment", lang)
    if measure.level is not None:
        reference = t("the expected {level} a year", lang, level=figures(measure.level.value, lang))
    elif measure.years_before == 1:
        reference = t("in the year before the start", lang)
    else:
        reference = t("the mean of the {n} years before the start", lang, n=measure.years_before)
    if measure.trend.value:
        trend = percent(measure.trend.value, lang).replace("-", "\N{MINUS SIGN}")
        reference += t(" adjusted for a trend of {trend} a year", lang, trend=trend)
    return reference


def _pays(contract: Contract, payment: Payment, number: int, lang: str) -> str:
    tier = payment.tiers[number - 1]
    if tier.price is not None:
        if payment.measure is not None and payment.measure.saved_by:
            return t("{share} of it", lang, share=percent(tier.price.value, lang))
        return t("{price} per unit", lang, price=kronor(tier.price.value, lang))
    return _amount(contract, payment, 0.0 if tier.pays is None else tier.pays.value, lang)


def _amount(contract: Contract, payment: Payment, value: float, lang: str) -> str:
    if payment.of is None:
        return kronor(value, lang)
    whole = quoted(contract.payments[payment.of].label.in_language(lang), lang)
    return t("{share} of {whole}", lang, share=percent(value, lang), whole=whole)


def _limits(contract: Contract, payment: Payment, lang: str) -> Iterator[str]:
    if payment.cap_per_year is not None:
        cap = _amount(contract, payment, payment.cap_per_year.value, lang)
        yield t("at most {cap} a year", lang, cap=cap)
    if payment.cap is not None:
        cap = _amount(contract, payment, payment.cap.value, lang)
        yield t("at most {cap} in all", lang, cap=cap)
    if payment.delay:
        yield t("paid {n} years later", lang, n=payment.delay) if payment.delay > 1 else t(
            "paid the year after", lang
        )  # fmt: skip
    if payment.unlocked_by is not None:
        first = quoted(contract.payments[payment.unlocked_by].label.in_language(lang), lang)
        yield t("and only when {first} has been earned", lang, first=first)

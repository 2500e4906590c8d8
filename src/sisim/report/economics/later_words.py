"""What is said of later lives: what of a result lies in them, and what they rest on."""

from __future__ import annotations

from collections import Counter

from sisim.economics.appraisal import Appraisal
from sisim.economics.later_units import later_units
from sisim.economics.valuation import Valuation
from sisim.i18n import number, t
from sisim.report.formats import decimal, listing, lower, share_of
from sisim.report.present_value import estimate
from sisim.scenario.numbers import numbers
from sisim.scenario.owners import owner_of
from sisim.scenario.scenario import Scenario


def after(scenario: Scenario) -> str:
    """Return after which age a scenario's people go on in its tail, "30"."""
    return number(scenario.population.max_age)


def of_which(scenario: Scenario) -> str:
    """Return what the later part of a sum is called."""
    return t("of which after {age}", age=after(scenario))


def later_horizon(scenario: Scenario) -> str:
    """Return how long is looked at, where those who leave go on in another pathway."""
    tail, one = scenario.time.tail, scenario.continuation
    assert tail is not None
    assert one is not None
    return t(
        "the lives of those who leave go on to {until}, as {pathway} says",
        until=number(one.until),
        pathway=f"{tail.title.text} ({tail.name})",
    )


def later_share(appraisal: Appraisal) -> str:
    """Return what of the net lies in later lives."""
    return t(
        "Of the net, {tail} comes after {age}: computed from who leaves in which state, not "
        "simulated.",
        tail=estimate(appraisal.interval("tail")),
        age=after(appraisal.scenario),
    )


def later_sentences(result: Valuation, arm: str) -> list[str]:
    """Return what later lives rest on, whose are left out, and what is gained beside money."""
    if result.scenario.continuation is None:
        return []
    return [_assumed(result.scenario), *_left_out(result, arm), *_health(result, arm)]


def later_lines(result: Valuation) -> list[str]:
    """Return what each arm is worth with later lives, and what of it lies in them."""
    if result.scenario.continuation is None:
        return []
    lines = []
    for arm, appraisal in result.appraisal.items():
        label = result.scenario.arms[arm].label.text
        lines.append(
            t(
                "{arm}, with later lives to {until}: net {net}, {of_which}: {tail}.",
                arm=label,
                until=number(result.scenario.continuation.until),
                net=estimate(appraisal.interval("net")),
                of_which=of_which(result.scenario),
                tail=estimate(appraisal.interval("tail")),
            )
        )
        lines += [*_left_out(result, arm), *_health(result, arm)]
    return [*lines, _assumed(result.scenario)]


def _assumed(scenario: Scenario) -> str:
    """Return how large a share of the tail's numbers are assumptions."""
    tail = scenario.time.tail
    assert tail is not None
    grades = Counter(owner_of(path, one, tail).grade for path, one in numbers(tail))
    return t(
        "Assumptions among the numbers behind the later lives: {share}.",
        share=share_of(grades["assumption"] / max(grades.total(), 1)),
    )


def _left_out(result: Valuation, arm: str) -> list[str]:
    """Return how many of the affected are too young at the end; nothing if none is affected."""
    one, place = result.scenario.continuation, result.counts.arms.index(arm) - 1
    assert one is not None
    young = affected = 0
    for run in result.counts.replications:
        if run.affected is not None and run.too_young is not None:
            young += int(run.too_young[place])
            affected += int(run.affected[place])
    if not affected:
        return []
    return [
        t(
            "Left out: {share} of those whose lives differ are under {age} when the simulated "
            "years are over.",
            share=share_of(young / affected),
            age=number(one.from_age),
        )
    ]


def _health(result: Valuation, arm: str) -> list[str]:
    """Return what is gained in the outcome weights of later lives, which are no money."""
    tail = later_units(result.counts).lives.tail
    gained = [
        f"{decimal(float(amount.mean()), 1)} {lower(tail.weights[name].text)}"
        for name, amount in result.perspectives[arm].health.items()
    ]
    if not gained:
        return []
    return [t("In later lives are gained, beside the money: {what}.", what=listing(gained))]

"""What a file holds of an application to a social investment fund, and what is missing.

The demands are those that the boards of such funds have in common: need, method, target group,
expected effects and their sources, outcomes, costs, who pays, what follows when the money ends,
follow-up, evaluation, risks, and who answers for it. Nothing is asked for twice: what stands in
the scenario for its own sake is read there.
"""

from __future__ import annotations

from sisim.i18n import t
from sisim.report.evaluation_plan import Demand, demand_lines, demands
from sisim.report.formats import listing, lower, quoted
from sisim.scenario.application import Application
from sisim.scenario.numbers import numbers
from sisim.scenario.scenario import Scenario
from sisim.scenario.types import Text


def application_words(scenario: Scenario) -> list[str]:
    """Return every demand on an application, a line each: ✓ there, ✗ missing and where to write."""
    asked = application_demands(scenario)
    return [
        t(
            "Application: {n} of the {all} things that the board of a social investment fund "
            "asks for.",
            n=sum(bool(one.there) for one in asked),
            all=len(asked),
        ),
        *demand_lines(asked),
    ]


def application_demands(scenario: Scenario) -> list[Demand]:
    """Return the demands on an application, and what there is of each."""
    words, catalogue = scenario.application or Application(), scenario.catalogue

    def own(key: str, other: str | None = None) -> tuple[str, str]:
        """Return what is said, and where to write it."""
        text: Text | None = getattr(words, key)
        if text is None and other is not None and catalogue is not None:
            text = getattr(catalogue, other)
        return "" if text is None else text.text, _write(f"application.{key}")

    return [
        Demand(t("who applies"), *own("applicant")),
        Demand(t("the need, and how it is known"), *own("problem", "need")),
        Demand(t("method"), *own("method", "intervention")),
        Demand(t("target group"), *own("target_group", "target_group")),
        Demand(
            t("expected effects, each with a source"),
            *_sourced(scenario, "effects", t("give effects under [investments.NAME.effects]")),
        ),
        Demand(t("what is known of the method"), *own("evidence")),
        Demand(
            t("social outcomes"),
            listing([lower(one.label.text) for one in scenario.outcomes.values()]),
            _write("outcomes"),
        ),
        Demand(
            t("economic outcomes"),
            "; ".join(one.text for one in catalogue.economic_outcomes) if catalogue else "",
            _write("catalogue.economic_outcomes"),
        ),
        Demand(
            t("costs, each with a source"),
            *_sourced(scenario, "cost", _write("investments.NAME.cost")),
        ),
        Demand(t("who pays, and how it is repaid"), *_paid(scenario)),
        Demand(t("what follows when the project ends"), *_after(scenario, words)),
        Demand(t("follow-up"), *_follow_up(scenario, words)),
        Demand(t("evaluation"), *_evaluation(scenario)),
        Demand(t("risks"), *own("risks")),
        Demand(t("who answers for the result"), *own("responsible")),
    ]


def _write(key: str) -> str:
    return t('give "{key}"', key=key)


def _sourced(scenario: Scenario, part: str, remedy: str) -> tuple[str, str]:
    """Return how many numbers of a part of the investments there are, if each has a source."""
    found = {
        path: number
        for name in _invested(scenario)
        for path, number in numbers(scenario)
        if path.startswith(f"investments.{name}.{part}.")
        and (part != "effects" or path.endswith(".ratio"))
        and (part != "cost" or number.value)
    }
    lacking = [path for path, number in found.items() if not number.source]
    if not found:
        return "", remedy
    if lacking:
        return "", t(
            'give {path} a "source"; without one: {n} of {all}',
            path=lacking[0],
            n=len(lacking),
            all=len(found),
        )
    return t("all have a source ({n} in all)", n=len(found)), remedy


def _invested(scenario: Scenario) -> list[str]:
    """Return the investments that any arm has."""
    arms = (*scenario.arms.values(), *scenario.gated.values())
    return list(dict.fromkeys(name for arm in arms for name in arm.investments))


def _paid(scenario: Scenario) -> tuple[str, str]:
    """Return who pays, and from which fund; repayment is the fund's."""
    payers = dict.fromkeys(
        payer for name in _invested(scenario) for payer in scenario.investments[name].cost.shares
    )
    remedy = t(
        "say in [funds.NAME.repayment] how the fund is repaid, or in [contracts.NAME] who pays for "
        "what outcome"
    )
    if not payers or not (scenario.funds or scenario.contracts):
        return "", remedy
    who = listing([lower(scenario.payer_label(payer).text) for payer in payers])
    by = [fund.label.text for fund in scenario.funds.values()]
    by += [contract.label.text for contract in scenario.contracts.values()]
    return t("{who}; terms: {terms}", who=who, terms=listing([quoted(one) for one in by])), remedy


def _after(scenario: Scenario, words: Application) -> tuple[str, str]:
    """Return what follows when the money ends: in words, else the arms in which it goes on."""
    if words.implementation is not None:
        return words.implementation.text, ""
    on = [
        quoted(arm.label.text)
        for arm in (*scenario.arms.values(), *scenario.gated.values())
        if set(arm.investments.values()) - {"ends"}
    ]
    there = t("simulated as {arms}", arms=listing(on)) if on else ""
    return there, _write("application.implementation")


def _follow_up(scenario: Scenario, words: Application) -> tuple[str, str]:
    if words.follow_up is not None:
        return words.follow_up.text, ""
    there = "" if scenario.follow_up is None else t("planned under [follow_up]")
    return there, _write("application.follow_up")


def _evaluation(scenario: Scenario) -> tuple[str, str]:
    """Return which evaluations are planned, and how much of SKR's guide each plan holds."""
    parts = list[str]()
    for evaluation in scenario.evaluations.values():
        if evaluation.design == "process":
            continue
        asked = demands(scenario, evaluation)
        parts.append(
            t(
                "{label} ({n} of the {all} things in SKR's guide)",
                label=quoted(evaluation.label.text),
                n=sum(bool(one.there) for one in asked),
                all=len(asked),
            )
        )
    return listing(parts), t("plan one that compares, under [evaluations.NAME]")

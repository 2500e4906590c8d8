"""Can the funds of a scenario pay what they are to pay, and can those who are to repay do so?"""

from __future__ import annotations

from sisim.checks.check_evaluation import investment_of, measuring
from sisim.checks.issues import Findings
from sisim.scenario.document import Document
from sisim.scenario.errors import Reason
from sisim.scenario.fund import Fund, Many
from sisim.scenario.positions import Path
from sisim.scenario.scenario import Cost, Investment, Scenario
from sisim.scenario.types import Positive

HIGHEST_INTEREST = 0.2
"""A year; a higher interest is a percentage written as it is said."""


class FundCheck(Findings):
    """Everything in the funds of a scenario that does not fit together."""

    def __init__(self, document: Document, scenario: Scenario):
        super().__init__(document)
        self.scenario = scenario
        self.pathway = scenario.pathway
        self.time = scenario.time
        self.used = {
            payer for resource in self.pathway.resources.values() for payer in resource.shares
        }
        of: dict[str, str] = {}
        for name, fund in scenario.funds.items():
            self._fund(("funds", name), name, fund)
            other = of.setdefault(fund.principal, name)
            if other != name:
                reason = Reason(
                    'The funds "{one}" and "{other}" have the same principal, and would be repaid '
                    "from the same reductions: make them one.",
                    one=other,
                    other=name,
                )
                self.say(("funds", name, "principal"), reason)
            if fund.repayment.prices != next(iter(scenario.funds.values())).repayment.prices:
                reason = Reason("All funds must be repaid in the same prices.")
                self.say(("funds", name, "repayment", "prices"), reason)
        for name, investment in scenario.investments.items():
            new_way = investment.new_way
            if new_way is not None and new_way.replaces is not None:
                path = ("investments", name, "new_way", "replaces", "payer")
                if not scenario.funds.keys().isdisjoint(new_way.replaces.shares):
                    reason = Reason("What is replaced is paid for by administrations, not a fund.")
                    self.say(path, reason)

    def _fund(self, path: Path, name: str, fund: Fund) -> None:
        if name in self.pathway.administrations:
            reason = Reason(
                '"{name}" is an administration: call the fund something else.', name=name
            )
            self.say(path, reason)
        self.refer(
            (*path, "principal"), fund.principal, self.pathway.principals, Reason("The principal")
        )
        interest = fund.interest.value
        if not 0 <= interest <= HIGHEST_INTEREST:
            reason = Reason(
                "An interest of {interest} is {percent} % a year, and should lie between 0 and "
                "{highest} %. It is written as a share: 3.5 % as 0.035.",
                interest=interest,
                percent=100 * interest,
                highest=100 * HIGHEST_INTEREST,
            )
            self.say((*path, "interest"), reason)
        for index, deposit in enumerate(fund.deposits.yearly):
            if deposit.to < deposit.from_:
                reason = Reason(
                    "The years {first} to {last} stand in the wrong order.",
                    first=str(deposit.from_),
                    last=str(deposit.to),
                )
                self.say((*path, "deposits", "yearly", index), reason)
        for year in fund.payments:
            self.within((*path, "payments", year), int(year), self.time.all_years)
        self._funded(path, name, fund)
        self._repayment((*path, "repayment"), fund)
        if fund.portfolio is not None:
            self._portfolio((*path, "portfolio", "investments"), name, fund.portfolio)

    def _funded(self, path: Path, name: str, fund: Fund) -> None:
        """Look whether there is money in the fund when it first pays."""
        years = [int(year) for year, amount in fund.payments.items() if amount.value > 0]
        for investment in self.scenario.investments.values():
            starts = self.time.year_of(investment.start)
            prepared = [part.cost for part in investment.preparation.values()]
            if _pays(name, investment.cost, *prepared):
                years.append(starts)
            elif investment.new_way is not None and _pays(name, investment.new_way.cost):
                years.append(self.time.year_of(investment.start, investment.years))
        if not years:
            return
        pays = min(years)
        there = fund.deposits.opening.value + sum(
            fund.deposits.in_year(year) for year in range(self.time.first_year, pays + 1)
        )
        if there <= 0:
            reason = Reason(
                "The fund pays in {year}, and nothing has been put into it by then: give "
                '"opening", or a yearly deposit from {year} or before.',
                year=str(pays),
            )
            self.say((*path, "deposits"), reason)

    def _portfolio(self, path: Path, fund: str, many: Many) -> None:
        first = self.time.first_year
        last = first + many.years - 1
        for index, asking in enumerate(many.investments):
            if not first <= asking.start <= last:
                reason = Reason(
                    "The year {year} lies outside the portfolio, {first} to {last}.",
                    year=str(asking.start),
                    first=str(first),
                    last=str(last),
                )
                self.say((*path, index, "start"), reason)
            arms = self.scenario.arms
            if not self.refer((*path, index, "arm"), asking.arm, arms, Reason("The arm")):
                continue
            own = (self.scenario.investments.get(name) for name in arms[asking.arm].investments)
            if not any(one is not None and self._asks(fund, one) for one in own):
                reason = Reason(
                    'The fund pays for no investment in the arm "{arm}".', arm=asking.arm
                )
                self.say((*path, index, "arm"), reason)

    @staticmethod
    def _asks(fund: str, investment: Investment) -> bool:
        new_way = investment.new_way
        return _pays(fund, investment.cost) or (new_way is not None and _pays(fund, new_way.cost))

    def _repayment(self, path: Path, fund: Fund) -> None:
        rule = fund.repayment
        if rule.basis == "mix" and rule.share_planned is None:
            reason = Reason('A mix needs "share_planned": how much of it follows the plan.')
            self.say(path, reason)
        # Who overrides a rule need not take away what only the old one asks for.
        unasked = rule.basis != "mix" and rule.share_planned is not None
        if unasked and not self.changed((*path, "basis")):
            self.say((*path, "share_planned"), Reason('Only a basis of "mix" has "share_planned".'))
        self._evaluated(path, fund)
        for name, years in rule.plan.items():
            self._repays((*path, "plan", name), name, fund)
            for year in years:
                self.within((*path, "plan", name, year), int(year), self.time.all_years)
        self._window(path, fund)
        self._agreed(path, fund)

    def _evaluated(self, path: Path, fund: Fund) -> None:
        """Look at whether the evaluation that is repaid by can tell what is to be repaid."""
        rule = fund.repayment
        for name in rule.outcome_values:
            self._repays((*path, "outcome_values", name), name, fund)
        if rule.basis != "evaluated":
            unasked = rule.evaluation is not None or bool(rule.outcome_values)
            if unasked and not self.changed((*path, "basis")):
                key = "evaluation" if rule.evaluation is not None else "outcome_values"
                reason = Reason('Only a basis of "evaluated" has "{key}".', key=key)
                self.say((*path, key), reason)
            return
        if rule.evaluation is None:
            reason = Reason('A basis of "evaluated" needs "evaluation": by which is it repaid?')
            self.say(path, reason)
            return
        here = (*path, "evaluation")
        scenario = self.scenario
        spec = measuring(self, here, rule.evaluation, scenario)
        if spec is None:
            return
        investment = scenario.investments.get(investment_of(scenario, spec) or "")
        if investment is not None and not self._asks(str(path[1]), investment):
            reason = Reason(
                'The fund does not pay for "{investment}", which "{evaluation}" evaluates.',
                investment=investment_of(scenario, spec),
                evaluation=rule.evaluation,
            )
            self.say(here, reason)
        ends = self.time.all_years[-1] if rule.last_year is None else rule.last_year
        if spec.answer_year > ends:
            reason = Reason(
                '"{evaluation}" answers in {year}, and repayment ends in {last}. End its cohorts '
                "earlier, follow them for a shorter time, or repay for longer.",
                evaluation=rule.evaluation,
                year=str(spec.answer_year),
                last=str(ends),
            )
            self.say(here, reason)
        outcome = spec.outcome
        if outcome is None or rule.outcome_values:
            return
        told = len(outcome.costs_of) == 1 or outcome.resource is not None
        if outcome.transition in self.pathway.transitions:
            uses = self.pathway.transitions[str(outcome.transition)].uses
            told = any(not use.factors for use in uses.values())
        if not told:
            reason = Reason(
                'What does each administration save when an outcome of "{evaluation}" is avoided '
                "once? Prices do not tell: give it in kronor, as in outcome_values = "
                "{{ {name} = 100000 }}.",
                evaluation=rule.evaluation,
                name=next((n for n in self.used if n in self.pathway.administrations), "…"),
            )
            self.say(path, reason)

    def _window(self, path: Path, fund: Fund) -> None:
        rule = fund.repayment
        first, last = rule.first_year, rule.last_year
        if first is not None and last is not None and last < first:
            reason = Reason(
                "The years {first} to {last} stand in the wrong order.",
                first=str(first),
                last=str(last),
            )
            self.say((*path, "last_year"), reason)
        for key, year in (("first_year", first), ("last_year", last)):
            if year is not None:
                self.within((*path, key), year, self.time.all_years)

    def _agreed(self, path: Path, fund: Fund) -> None:
        rule = fund.repayment
        if rule.distribution == "agreed":
            if not rule.agreed:
                self.say(path, Reason('The key "{key}" is missing.', key="agreed"))
            else:
                for name in rule.agreed:
                    self._repays((*path, "agreed", name), name, fund)
                self.sum_to_one((*path, "agreed"), rule.agreed.values())
            if rule.cap == "none":
                reason = Reason(
                    'Agreed shares are shares of what is invested: they need cap = "invested".'
                )
                self.say((*path, "cap"), reason)
        elif rule.agreed and not self.changed((*path, "distribution")):
            reason = Reason('Agreed shares need distribution = "agreed".')
            self.say((*path, "agreed"), reason)

    def _repays(self, path: Path, name: str, fund: Fund) -> None:
        """Look whether an administration can repay the fund."""
        administrations = self.pathway.administrations
        if not self.refer(path, name, administrations, Reason("The administration")):
            return
        if administrations[name].principal != fund.principal:
            reason = Reason(
                '"{name}" belongs to another principal than the fund, and cannot repay it. What it '
                "gains is shown beside.",
                name=name,
            )
            self.say(path, reason)
        elif name not in self.used:
            reason = Reason(
                '"{name}" pays for nothing in the pathway, and so can save nothing to repay.',
                name=name,
            )
            self.say(path, reason)


def _pays(fund: str, cost: Cost, *more: Positive) -> bool:
    amounts = [cost.start_up, cost.running, cost.per_participant, cost.per_participant_month, *more]
    return cost.shares.get(fund, 0.0) > 0 and any(amount.value > 0 for amount in amounts)

"""Do the payments of an outcome contract fit together, and fit the scenario?"""

from __future__ import annotations

from itertools import combinations, pairwise

from sisim.checks.check_evaluation import investment_of, measuring
from sisim.checks.issues import Findings
from sisim.scenario.contract import Contract, Measure, Payment, Tier
from sisim.scenario.document import Document
from sisim.scenario.economy import FUND
from sisim.scenario.errors import Reason
from sisim.scenario.evaluation import Evaluation, StudyOutcome
from sisim.scenario.positions import Path
from sisim.scenario.scenario import Scenario

MOST_TIMES = 10
"""What is a share of another payment is hardly ever more than so many times it."""


class ContractCheck(Findings):
    """Everything in a scenario's contracts that does not fit together."""

    def __init__(self, document: Document, scenario: Scenario):
        super().__init__(document)
        self.scenario = scenario
        self.time = scenario.time
        self.payers = [*scenario.pathway.administrations, *scenario.funds, FUND]
        for name, contract in scenario.contracts.items():
            self._contract(("contracts", name), contract)

    def _contract(self, path: Path, contract: Contract) -> None:
        if contract.arm is not None:
            self.refer((*path, "arm"), contract.arm, self.scenario.arms, Reason("The arm"))
        for role in contract.parties.names:
            if role in self.payers:
                reason = Reason('"{name}" is an administration or a fund as well.', name=role)
                self.say((*path, "parties", role), reason)
        if not contract.payments:
            self.say((*path, "payments"), Reason("A contract needs at least one payment."))
        for name, payment in contract.payments.items():
            self._payment((*path, "payments", name), name, payment, contract)
        self._shares(path, contract)
        for name, payment in contract.payments.items():
            verified = payment.measure.verified_by if payment.measure is not None else None
            spec = self.scenario.evaluations.get(verified or "")
            if spec is not None:
                key = (*path, "payments", name, "measure", "verified_by")
                self._of_arm(key, contract, spec)

    def _of_arm(self, path: Path, contract: Contract, spec: Evaluation) -> None:
        """Look at whether the arm of a contract has what is evaluated."""
        investment, arm = investment_of(self.scenario, spec), contract.arm
        there = self.scenario.arms.get(arm or "")
        if there is not None and investment is not None and investment not in there.investments:
            reason = Reason(
                'The contract is about the arm "{arm}", which does not have "{investment}": that '
                "is what is evaluated.",
                arm=arm,
                investment=investment,
            )
            self.say(path, reason)

    def _payment(self, path: Path, name: str, payment: Payment, contract: Contract) -> None:
        parties = [*contract.parties.names, *self.payers]
        for key, party in (("from", payment.from_), ("to", payment.to)):
            self.refer((*path, key), party, parties, Reason("The party"))
        if payment.from_ == payment.to:
            reason = Reason('"{name}" cannot pay itself.', name=payment.to)
            self.say((*path, "to"), reason)
        for year in payment.amounts:
            self.within((*path, "amounts", year), year, self.time.all_years)
        self._names(path, name, payment, contract)
        if payment.measure is None:
            self._unmeasured(path, payment)
        else:
            self._measured(path, payment, payment.measure)
        self._cap(path, payment, contract)

    def _names(self, path: Path, name: str, payment: Payment, contract: Contract) -> None:
        others = {n: p for n, p in contract.payments.items() if n != name}
        if payment.of is not None:
            fixed = [n for n, other in others.items() if other.amounts]
            self.refer((*path, "of"), payment.of, fixed, Reason("The payment with amounts"))
        if payment.unlocked_by is not None:
            earned = [n for n, other in others.items() if other.measure is not None]
            key = (*path, "unlocked_by")
            if self.refer(key, payment.unlocked_by, earned, Reason("The measured payment")):
                chain = [name, payment.unlocked_by]
                while (after := contract.payments[chain[-1]].unlocked_by) in contract.payments:
                    chain.append(str(after))
                    if chain.count(chain[-1]) > 1:
                        reason = Reason("The payments wait for one another: {names}.", names=chain)
                        self.say(key, reason)
                        break

    def _unmeasured(self, path: Path, payment: Payment) -> None:
        if not payment.amounts:
            self.say(path, Reason('Give "amounts" by year, or a "measure" of what is earned.'))
        for key in ("at_risk", "price", "threshold", "pooled", "tiers", "unlocked_by"):
            value = getattr(payment, key)
            if (
                key in payment.model_fields_set
                and value is not None
                and float(len(value) if isinstance(value, list | str) else value)
            ):
                reason = Reason('"{key}" needs a "measure": what does it depend on?', key=key)
                self.say((*path, key), reason)

    def _measured(self, path: Path, payment: Payment, measure: Measure) -> None:
        self._measure((*path, "measure"), measure)
        if measure.verified_by is not None:
            self._verified((*path, "measure", "verified_by"), payment, measure)
        if (payment.price is None) == (not payment.tiers):
            self.say(path, Reason('Give either a "price" per unit or "tiers".'))
        if payment.tiers and payment.threshold is not None:
            reason = Reason("Tiers have no threshold: let the lowest tier begin there.")
            self.say((*path, "threshold"), reason)
        priced = [step for step in payment.steps if step.price is not None]
        if priced and measure.per is not None:
            reason = Reason('A rate has no units to price: use tiers that pay sums ("pays").')
            self.say((*path, "price") if payment.price else (*path, "tiers"), reason)
        self._pooled(path, payment, measure)
        self._tiers((*path, "tiers"), payment)
        self._bounds(path, payment, measure)
        due = [period[-1] + payment.delay for period in measure.periods]
        for index, year in enumerate(due):
            known = self.time.all_years
            if payment.delay and year - payment.delay in known and year > known[-1]:
                reason = Reason(
                    "What is earned here is paid in {year}, after the scenario, which ends {last}.",
                    year=str(year),
                    last=str(known[-1]),
                )
                self.say((*path, "measure", "periods", index), reason)
        if payment.amounts:
            self._earned(path, payment, due)

    def _earned(self, path: Path, payment: Payment, due: list[int]) -> None:
        if not payment.at_risk.value:
            reason = Reason(
                'Amounts with a measure need "at_risk": the share that has to be earned.'
            )
            self.say(path, reason)
            return
        years = [int(year) for year in payment.amounts if year.isdecimal()]
        if missing := sorted(set(years) - set(due)):
            reason = Reason(
                "Nothing is measured for what is at risk in {years}: let a period end then.",
                years=[str(year) for year in missing],
            )
            self.say((*path, "amounts"), reason)
        for index, year in enumerate(due):
            if year not in years:
                reason = Reason("There is no amount to be earned in {year}.", year=year)
                self.say((*path, "measure", "periods", index), reason)

    def _measure(self, path: Path, measure: Measure) -> None:
        given = [key for key in ("outcome", "resource", "saved_by") if getattr(measure, key)]
        if len(given) != 1:
            self.say(path, Reason('Give exactly one of "outcome", "resource" and "saved_by".'))
        pathway, outcomes = self.scenario.pathway, self.scenario.outcomes
        if measure.outcome is not None:
            self.refer((*path, "outcome"), measure.outcome, outcomes, Reason("The outcome"))
        if measure.resource is not None:
            key = (*path, "resource")
            self.refer(key, measure.resource, pathway.resources, Reason("The resource"))
        for index, name in enumerate(measure.saved_by):
            key = (*path, "saved_by", index)
            self.refer(key, name, pathway.administrations, Reason("The administration"))
        if measure.per is not None:
            self.refer((*path, "per"), measure.per, outcomes, Reason("The outcome"))
        self._periods((*path, "periods"), measure)
        if (measure.against == "stated") != (measure.level is not None):
            reason = Reason('"level" and against = "stated" belong together.')
            self.say((*path, "level") if measure.level is not None else path, reason)
        if measure.trend.value and measure.against not in ("before", "stated"):
            reason = Reason('Only against "before" or "stated" can there be a trend.')
            self.say((*path, "trend"), reason)
        self.yearly_change((*path, "trend"), measure.trend)
        first = self.time.first_year
        counted_from = self.time.whole_years.start
        if measure.against == "before" and counted_from > first - measure.years_before:
            reason = Reason(
                "Whole years before {first} are compared with (years_before: {years}): lengthen "
                '"history" under [time].',
                years=measure.years_before,
                first=str(first),
            )
            self.say((*path, "against"), reason)

    def _verified(self, path: Path, payment: Payment, measure: Measure) -> None:
        """Look at whether the evaluation measures what is paid for, and in time."""
        name = str(measure.verified_by)
        spec = measuring(self, path, name, self.scenario)
        if spec is None:
            return
        above = path[:-1]
        if len(measure.periods) > 1:
            reason = Reason(
                '"{name}" gives one answer, for all its cohorts together: give a single period.',
                name=name,
            )
            self.say((*above, "periods"), reason)
        for key in ("per", "against", "trend", "level"):
            if key in measure.model_fields_set and getattr(measure, key) != "without":
                reason = Reason(
                    'What it is compared with is a matter of "{name}": leave it out.', name=name
                )
                self.say((*above, key), reason)
        if spec.outcome is not None and not self._same(measure, spec.outcome):
            reason = Reason(
                '"{name}" measures something else than what is paid for. Let its "outcome" be '
                'the same (person-years are counted in "months").',
                name=name,
            )
            self.say(path, reason)
        due = measure.periods[-1][-1] + payment.delay if measure.periods else None
        if due is not None and spec.answer_year > due:
            reason = Reason(
                '"{name}" answers in {year}, and it is paid in {due}. Let the period end later, '
                "or give the payment delay = {n}.",
                name=name,
                year=str(spec.answer_year),
                due=str(due),
                n=spec.answer_year - due + payment.delay,
            )
            self.say(path, reason)

    def _same(self, measure: Measure, outcome: StudyOutcome) -> bool:
        """Return whether a study measures what a payment depends on."""
        if measure.resource is not None:
            return outcome.resource == measure.resource
        if measure.saved_by:
            return set(outcome.costs_of) == set(measure.saved_by)
        one = self.scenario.outcomes.get(measure.outcome or "")
        if one is None:
            return True  # that there is none has been said
        # Person-years add up from months; entries and events are counted one by one.
        months = one.group is not None and one.count == "stock"
        counted = outcome.count == "months" if months else outcome.count != "months"
        same = (outcome.transition, outcome.group) == (one.transition, one.group)
        return same and counted and outcome.good == one.good

    def _periods(self, path: Path, measure: Measure) -> None:
        if not measure.periods:
            self.say(path, Reason("There must be at least one period, as in [[2026, 2028]]."))
        for index, period in enumerate(measure.periods):
            known = [self.within((*path, index), year, self.time.all_years) for year in period]
            if all(known) and period[0] > period[1]:
                reason = Reason(
                    "The period ends {last}, before it begins {first}.",
                    first=period[0],
                    last=period[1],
                )
                self.say((*path, index), reason)
        for index, (one, next_) in enumerate(pairwise(measure.periods), start=1):
            if next_[0] <= one[1]:
                reason = Reason(
                    "The periods must follow one another: {first} is in the one before too.",
                    first=next_[0],
                )
                self.say((*path, index), reason)

    def _pooled(self, path: Path, payment: Payment, measure: Measure) -> None:
        if payment.pooled is None:
            return
        key = (*path, "pooled")
        if payment.threshold is None or len(measure.periods) < 2:
            reason = Reason('"pooled" needs a "threshold" of its own for each of several periods.')
            self.say(key, reason)
        elif payment.pooled > payment.threshold:
            reason = Reason(
                "The pooled trigger, {pooled}, can never matter: it should be lower than that of a "
                "single period, {threshold}.",
                pooled=payment.pooled,
                threshold=payment.threshold,
            )
            self.say(key, reason)

    def _tiers(self, path: Path, payment: Payment) -> None:
        tiers = payment.tiers
        for index, tier in enumerate(tiers):
            here = (*path, index)
            if (tier.pays is None) == (tier.price is None):
                self.say(here, Reason('Give either "pays" or "price".'))
            elif payment.of and tier.pays is not None and tier.pays.value > MOST_TIMES:
                reason = Reason(
                    '{pays} is taken as a share of "{name}": 1 is the whole of it.',
                    pays=tier.pays.value,
                    name=payment.of,
                )
                self.say((*here, "pays"), reason)
            if tier.from_ is not None and tier.over is not None:
                self.say(here, Reason('Give either "from" (inclusive) or "over" (exclusive).'))
            if tier.to is not None and tier.below is not None:
                self.say(here, Reason('Give either "to" (inclusive) or "below" (exclusive).'))
            if tier.start is None and index:
                self.say(here, Reason('Every tier but the lowest needs "from" or "over".'))
            elif tier.start is not None and tier.end is not None and tier.end <= tier.start:
                reason = Reason(
                    "The tier ends at {end}, and begins at {start}.", end=tier.end, start=tier.start
                )
                self.say(here, reason)
        for index, (low, high) in enumerate(pairwise(tiers), start=1):
            self._meet((*path, index), low, high)
        if tiers and tiers[-1].end is not None:
            reason = Reason(
                "What is better than {end} is in no tier: leave out the upper bound of the highest "
                "tier.",
                end=tiers[-1].end,
            )
            self.say((*path, len(tiers) - 1), reason)

    def _bounds(self, path: Path, payment: Payment, measure: Measure) -> None:
        """Look at whether bounds that are shares are percentages written as they are said."""
        if measure.read_as != "share" or measure.against == "none":
            return
        outcome = self.scenario.outcomes.get(measure.outcome or "")
        # Nothing can fall by more than all of it; what should rise may do so several times.
        most = MOST_TIMES if outcome is not None and outcome.good == "high" else 1
        bounds: list[tuple[Path, float | None]] = [
            ((*path, "threshold"), payment.threshold),
            ((*path, "pooled"), payment.pooled),
        ]
        for index, tier in enumerate(payment.tiers):
            bounds += [((*path, "tiers", index), end) for end in (tier.start, tier.end)]
        for key, bound in bounds:
            if bound is not None and abs(bound) > most:
                reason = Reason(
                    "The bound {bound} is read as a share, {percent} %: write {bound} % as "
                    '{share}, or give the measure read_as = "units".',
                    bound=bound,
                    percent=100 * bound,
                    share=f"{bound / 100:.6g}",
                )
                self.say(key, reason)

    def _meet(self, path: Path, low: Tier, high: Tier) -> None:
        """Look at whether a tier begins where the one before it ends."""
        if high.start is None:
            return
        if low.start is not None and high.start <= low.start:
            reason = Reason(
                "The tiers must go from the lowest to the highest: {high} after {low}.",
                high=high.start,
                low=low.start,
            )
            self.say(path, reason)
        elif low.end is None:
            return
        elif high.start < low.end:
            reason = Reason(
                "The tiers overlap between {low} and {high}.", low=high.start, high=low.end
            )
            self.say(path, reason)
        elif high.start > low.end:
            reason = Reason(
                "Between {low} and {high} there is no tier.", low=low.end, high=high.start
            )
            self.say(path, reason)
        elif low.to is not None and high.from_ is not None:
            reason = Reason(
                'Both tiers hold {at} itself: write "below" in the one or "over" in the other.',
                at=high.start,
            )
            self.say(path, reason)
        elif low.to is None and high.from_ is None:
            reason = Reason(
                'No tier holds {at} itself: write "to" in the one or "from" in the other.',
                at=high.start,
            )
            self.say(path, reason)

    def _cap(self, path: Path, payment: Payment, contract: Contract) -> None:
        other = contract.payments.get(payment.of or "")
        whole = sum(other.by_year.values()) if other is not None and self._good(other) else 1.0
        if not self._good(payment):
            return
        sure = {y: a * (1 - payment.at_risk.value) for y, a in payment.by_year.items()}
        for key, cap, most in (
            ("cap", payment.cap, sum(sure.values())),
            ("cap_per_year", payment.cap_per_year, max(sure.values(), default=0.0)),
        ):
            if cap is not None and cap.value * whole < most - 0.005:
                reason = Reason(
                    "The cap, {cap}, is below what is paid whatever the outcome, {sure}.",
                    cap=cap.value * whole,
                    sure=most,
                )
                self.say((*path, key), reason)

    @staticmethod
    def _good(payment: Payment) -> bool:
        return all(year.isdecimal() for year in payment.amounts)

    def _shares(self, path: Path, contract: Contract) -> None:
        """Look at whether the same saved krona is given away more than once."""
        shared = [
            (name, payment.measure, max(step.price.value for step in payment.steps if step.price))
            for name, payment in contract.payments.items()
            if payment.measure is not None
            and payment.measure.saved_by
            and any(step.price for step in payment.steps)
        ]
        for name, _, share in shared:
            if share > 1:
                reason = Reason("Of what is saved {share} would be paid: at most 1.", share=share)
                self.say((*path, "payments", name, "price"), reason)
        for (_, first, part), (name, second, rest) in combinations(shared, 2):
            same = set(first.saved_by) & set(second.saved_by)
            years = any(
                a[0] <= b[1] and b[0] <= a[1] for a in first.periods for b in second.periods
            )
            if same and years and part <= 1 and rest <= 1 and part + rest > 1 + 1e-9:
                reason = Reason(
                    "The shares of the same saving sum to {total}, over 1.", total=part + rest
                )
                self.say((*path, "payments", name, "price"), reason)

"""What administrations give back to a fund as their costs fall: plan, outcome, and what they keep.

reduction of an administration and year
    = its ordinary use without - with the investment
    - what the new way of working costs it more than what that replaces
repaid + set aside + kept = reduction

Repayment is settled on what has accumulated since it began: by the end of a year an administration
has repaid no more than its reductions come to so far, years that cost more being set off against
those that cost less, and never less than nothing. What was repaid too much by then is given back.
So chance that goes up and down from year to year is not repaid. Administrations are not set off
against each other unless the agreement says so (`set_off`): each answers for its own budget, and
what one has lost is no reason for another to repay less. A plan, which knows all its years
beforehand, repays nothing that would have to be given back.

With the basis "evaluated" nobody knows what would have been without, only what an evaluation says:

measured reduction = avoided per participant x participants x what an avoided outcome is worth

It is known, and due, for all years at once when the evaluation has its answer. A measured rise is
no reduction, and is not paid for.

What an administration pays of the project itself is its own stake, and no reduction. What everyone
has (ordinary resources) is left out, as in the figures. Only administrations of the fund's
principal repay; what others gain is shown beside.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from sisim.arrays import Flags, Floats, Ints
from sisim.economics.cash_releasing import cash_ladder
from sisim.economics.fund_account import FundAccount, accumulated
from sisim.economics.ledger import ORE, CostLine, Kind, Ledger, payer_principal
from sisim.economics.measured_effect import Measured, MeasuredEffect
from sisim.economics.outcome_values import values_of
from sisim.economics.prices import PriceList
from sisim.economics.rounding import HAIR, rounded
from sisim.scenario import fund as settings

OF_FUND: tuple[Kind, ...] = ("investment", "running")
"""What a fund can pay for."""


@dataclass(frozen=True)
class RepaymentPlan:
    """What is paid from a fund and repaid to it, in whole units, by year.

    Attributes:
        years: The years, (years,).
        administrations: Who repays.
        payments: From the fund, (years,).
        repaid: To the fund, (administrations, years).
        rate: Interest per year on what is not yet repaid.
        unit: What amounts are rounded to, in SEK; 0: not at all.
    """

    years: Ints
    administrations: tuple[str, ...]
    payments: Floats
    repaid: Floats
    rate: float = 0.0
    unit: float = 0.0

    @property
    def total(self) -> Floats:
        """What all repay together, (years,)."""
        return np.asarray(self.repaid.sum(axis=0))

    @property
    def net(self) -> Floats:
        """What the fund gets back less what it pays, (years,)."""
        return np.asarray(self.total - self.payments)

    @property
    def position(self) -> Floats:
        """The accumulated net, (years,)."""
        return accumulated(self.net, self.rate)

    @property
    def break_even(self) -> int | None:
        """The year from which no whole unit is missing in the accumulated net, if there is one."""
        if not self.payments.any():
            return None
        red = np.flatnonzero(self.position < min(ORE - self.unit, -ORE))
        at = int(red[-1]) + 1 if len(red) else int(np.flatnonzero(self.payments)[0])
        return int(self.years[at]) if at < len(self.years) else None


@dataclass(frozen=True)
class ByEvaluation:
    """What an evaluation says has been reduced, and what it is repaid as; amounts are SEK.

    Attributes:
        effect: What it says.
        values: What an avoided outcome is worth, (administrations,).
        measured: The reductions that it finds, (replications, administrations).
        true: The same by the true effect in place of its estimate, of the same shape.
        repaid_by_truth: What is repaid of those, of the same shape. What is repaid by the estimate
            is `Repayments.repaid`, and what all true reductions of all years would be repaid as is
            `Repayments.observed`.
    """

    effect: MeasuredEffect
    values: Floats
    measured: Floats
    true: Floats
    repaid_by_truth: Floats


@dataclass(frozen=True)
class Repayments:
    """What one fund pays and gets back in one arm; amounts are SEK.

    Attributes:
        fund: Its name in the file.
        arm: The arm with the investments.
        plan: As calculated, or agreed, beforehand.
        reductions: Of the administrations that repay, (replications, administrations, years).
        cash: What of them a budget sees, of the same shape.
        observed: What would be repaid by outcome alone, of the same shape.
        chance: How much of that, in the mean, is repaid only because runs differ: what they repay
            less what the mean of their reductions would. What has accumulated is repaid where it
            is above nothing, and nothing is asked back where it is below.
        repaid: What is repaid, on the fund's basis, of the same shape.
        set_aside: Put into the fund from what is kept, of the same shape.
        outside: What administrations of other principals gain, (replications, years) by name.
        cut: What a cap takes off an agreed plan, (administrations, years).
        costs: What its investments cost, (replications, years): what it pays, unless that is
            stated in the file.
        account: The book-keeping of the fund.
        by_evaluation: What the evaluation makes of it, where the basis is "evaluated" and the
            arm has what is evaluated.
    """

    fund: str
    arm: str
    plan: RepaymentPlan
    reductions: Floats
    cash: Floats
    observed: Floats
    chance: float
    repaid: Floats
    set_aside: Floats
    outside: Mapping[str, Floats]
    cut: Floats
    costs: Floats
    account: FundAccount
    by_evaluation: ByEvaluation | None = None

    @property
    def years(self) -> Ints:
        """The years, (years,)."""
        return self.plan.years

    @property
    def administrations(self) -> tuple[str, ...]:
        """Who repays, in the order of the arrays."""
        return self.plan.administrations

    @cached_property
    def kept(self) -> Floats:
        """What administrations keep of their reductions; negative where they repay more."""
        return self.reductions - self.repaid - self.set_aside

    @cached_property
    def outcome(self) -> Floats:
        """Repaid by outcome, the mean, in whole units: (administrations, years)."""
        return rounded(self.observed.mean(axis=0), self.plan.unit)

    @property
    def deviation(self) -> Floats:
        """Repaid by outcome, in the mean, less the plan: (administrations, years)."""
        return np.asarray(self.outcome - self.plan.repaid)

    @property
    def unpaid(self) -> float:
        """What is invested at the fund's cost less what the file says that it pays, in the mean."""
        return float((self.costs - self.account.payments).sum(axis=1).mean())

    @property
    def unearned(self) -> list[tuple[str, int, float]]:
        """Administration, year and amount where more is repaid, in the mean, than was reduced."""
        more = (self.repaid - np.maximum(self.reductions, 0.0)).mean(axis=0)
        return list(_named(self.plan, more))

    @property
    def above_cap(self) -> list[tuple[str, int, float]]:
        """Administration, year and amount that a cap takes off an agreed plan."""
        return list(_named(self.plan, self.cut))


def reductions(book: Ledger, arm: str, *, ordinary: bool = False) -> dict[str, Floats]:
    """Return by how much each administration's costs are lower, (replications, years) by name.

    Args:
        book: What everything costs.
        arm: The arm that is compared with `without`.
        ordinary: Count what everyone has too.
    """
    number = book.result.arms.index(arm)

    def key(line: CostLine) -> str | None:
        counts = line.kind in ("use", "running", "replaced") and (ordinary or not line.ordinary)
        return line.administration if counts else None

    sums = book.sums(key, yearly=True)
    order = book.result.scenario.pathway.administrations
    return {name: sums[name][:, 0] - sums[name][:, number] for name in order if name in sums}


def repayments(book: Ledger, fund: str, arm: str, measured: Measured = {}) -> Repayments:  # noqa: B006 (never changed)
    """Return what a fund pays and gets back in an arm.

    Args:
        book: What everything costs, in the prices of the fund's repayment.
        fund: The name of the fund in the scenario.
        arm: The arm with the investments.
        measured: What the evaluations say that money follows: see `measured_effects`.
    """
    scenario = book.result.scenario
    terms = scenario.funds[fund]
    inside = np.asarray(book.years >= scenario.time.first_year)
    years = book.years[inside]
    gross = reductions(book, arm)
    own = tuple(name for name in gross if payer_principal(scenario, name) == terms.principal)
    reduced, seen = _reduced(book, arm, {name: gross[name] for name in own}, inside)
    costs, paid, decided = _payments(book, fund, arm, inside)

    rule = Rules(terms, own, years)
    agreed = rule.stated
    means = (reduced.mean(axis=0), seen.mean(axis=0), paid.mean(axis=0))
    before = rule.planned(*means)
    plan = rule.settle(before, means[-1])
    expected = rule.settle(rule.due(*means), means[-1])
    share = terms.repayment.planned
    observed, repaid = np.zeros_like(reduced), np.zeros_like(reduced)
    evaluated = terms.repayment.basis == "evaluated"
    found = _by_evaluation(book, rule, paid, measured.get((terms.repayment.evaluation or "", arm)))
    for run in range(len(paid)):
        after = rule.due(reduced[run], seen[run], paid[run])
        observed[run] = rule.settle(after, paid[run]).repaid
        if evaluated:
            continue
        if share in (0.0, 1.0):
            repaid[run] = plan.repaid if share else observed[run]
        else:
            due = share * before + (1 - share) * after
            mixed = share * means[-1] + (1 - share) * paid[run]
            repaid[run] = rule.settle(due, mixed).repaid
    if found is not None:
        repaid = found[1]
    aside = terms.deposits.from_surplus.value * np.maximum(reduced - repaid, 0.0)
    aside *= np.cumsum(paid, axis=-1)[:, None] > 0
    account = FundAccount(
        years,
        deposits_of(terms, years),
        paid,
        repaid.sum(axis=1),
        aside.sum(axis=1),
        decided,
        terms.interest.value,
    )
    return Repayments(
        fund,
        arm,
        plan,
        reduced,
        seen,
        observed,
        float(observed.sum(axis=(1, 2)).mean() - expected.repaid.sum()),
        repaid,
        aside,
        {name: part[:, inside] for name, part in gross.items() if name not in own},
        np.zeros_like(plan.repaid) if agreed is None else np.maximum(agreed - plan.repaid, 0.0),
        costs,
        account,
        None if found is None else found[0],
    )


def _reduced(
    book: Ledger, arm: str, gross: Mapping[str, Floats], inside: Flags
) -> tuple[Floats, Floats]:
    """Return reductions and what of them budgets see, (replications, administrations, years)."""
    ladder = cash_ladder(book, arm)
    used, seen_of = ladder.reductions(seen=False), ladder.reductions()
    shape = (len(book.amounts), len(gross), int(inside.sum()))
    reduced, seen = np.zeros(shape), np.zeros(shape)
    for row, (name, amounts) in enumerate(gross.items()):
        unseen = used[name] - seen_of[name] if name in used else 0.0
        reduced[:, row] = amounts[:, inside]
        seen[:, row] = (amounts - unseen)[:, inside]
    return reduced, seen


def _by_evaluation(
    book: Ledger, rule: Rules, paid: Floats, effect: MeasuredEffect | None
) -> tuple[ByEvaluation, Floats] | None:
    """Return what an evaluation makes of an arm, and what is repaid by it.

    Args:
        book: What everything costs.
        rule: The rules of the fund.
        paid: By the fund, (replications, years).
        effect: What the evaluation says; None: it does not look at the arm.

    Returns:
        The second is (replications, administrations, years).
    """
    if effect is None or rule.repayment.basis != "evaluated":
        return None
    worth = values_of(book.result.scenario, effect.evaluation, rule.repayment)
    values = np.array([worth.get(name, 0.0) for name in rule.administrations])
    level = PriceList(book.result.scenario, rule.years, current=book.current).level
    values = values * level[rule.years == effect.answer].sum()

    def settled(said: MeasuredEffect) -> tuple[Floats, Floats]:
        """Return the reductions, and what of them is repaid by year."""
        # Without an answer nothing has been shown.
        claims = np.nan_to_num(said.estimate * said.participants)[:, None] * values
        back = [
            rule.claimed(claim, one, said.answer) for claim, one in zip(claims, paid, strict=True)
        ]
        return claims, np.stack([plan.repaid for plan in back])

    measured, repaid = settled(effect)
    true, right = settled(effect.true)
    return ByEvaluation(effect, values, measured, true, right.sum(axis=-1)), repaid


def with_repayments(book: Ledger, found: Sequence[Repayments]) -> Ledger:
    """Return the ledger with repayments in it, each in the last step of its year.

    They are converted where the ledger has other prices than the fund's repayment.
    """
    scenario = book.result.scenario
    years = book.result.compiled.clock.year(book.cycles)
    lasts = np.flatnonzero(np.diff(years, append=years[-1] + 1))
    lines: list[CostLine] = []
    columns: list[Floats] = []

    def add(one: Repayments, payer: str, yearly: Floats) -> None:
        current = scenario.funds[one.fund].repayment.prices == "current"
        level, own = (
            PriceList(scenario, one.years, current=c).level for c in (book.current, current)
        )
        amounts = np.zeros(book.amounts.shape[:3])
        at = lasts[np.searchsorted(years[lasts], one.years)]
        amounts[:, book.result.arms.index(one.arm), at] = yearly * level / own
        lines.append(CostLine("repayment", one.fund, payer, payer_principal(scenario, payer)))
        columns.append(amounts)

    for one in found:
        for number, name in enumerate(one.administrations):
            add(one, name, one.repaid[:, number])
        add(one, one.fund, -one.repaid.sum(axis=1))
    return book.with_lines(lines, np.stack(columns, axis=-1)) if lines else book


class RepaymentCourse(NamedTuple):
    """How what is due becomes what is repaid; SEK by year.

    Attributes:
        payments: From the fund in whole units, (years,).
        offered: What each administration could repay, (administrations, years).
        returned: What it has repaid too much, and gets back, of the same shape.
        owed: What the fund has not got back before the year's repayment, (1, years); by
            administration where shares are agreed.
        repaid: To the fund, not rounded, (administrations, years).
    """

    payments: Floats
    offered: Floats
    returned: Floats
    owed: Floats
    repaid: Floats


class Rules:
    """The rules of repayment of a fund, over some administrations and years."""

    def __init__(self, terms: settings.Fund, administrations: tuple[str, ...], years: Ints) -> None:
        self.terms = terms
        self.repayment = terms.repayment
        self.administrations = administrations
        self.years = years
        self.rate = terms.interest.value

    @property
    def stated(self) -> Floats | None:
        """The plan that the file states, (administrations, years), if it does."""
        plan = self.repayment.plan
        if not plan:
            return None
        rows = [plan.get(name, {}) for name in self.administrations]
        return np.array(
            [[row[str(y)].value if str(y) in row else 0.0 for y in self.years] for row in rows]
        ).reshape(len(rows), len(self.years))

    def limits(self, reduced: Floats, seen: Floats) -> Floats:
        """Return how much of a year's reduction may be repaid, (administrations, years)."""
        limit = self._limit(reduced, seen)
        # What is lost counts by the same share as what is gained.
        less = self.repayment.share.value * np.minimum(limit, 0.0)
        return np.asarray(np.where(limit < 0, less, limit))

    def earned(self, reduced: Floats, seen: Floats, paid: Floats) -> Floats:
        """Return what each year adds to what may be repaid, or takes off it: see `due`."""
        share, limit = self.repayment.share.value, self.limits(reduced, seen)
        earned = np.where(self.inside(paid), np.minimum(share * reduced, limit), 0.0)
        return np.asarray(earned)

    def due(self, reduced: Floats, seen: Floats, paid: Floats) -> Floats:
        """Return what may be repaid by the end of each year, (administrations, years).

        It is the share of the reductions that have accumulated, as far as they may count; whether
        the fund has got back its own is not asked.

        Args:
            reduced: Reductions, (administrations, years).
            seen: Of them, what budgets see.
            paid: By the fund, (years,).
        """
        earned = self.earned(reduced, seen, paid)
        sums = np.cumsum(earned, axis=1)
        due = np.maximum(sums, 0.0)
        if self.repayment.set_off == "agreement":
            # What some have lost, the others repay less, in proportion to what they have gained.
            gained, left = due.sum(axis=0), np.maximum(sums.sum(axis=0), 0.0)
            due = due * np.divide(left, gained, out=np.zeros_like(left), where=gained > 0)
        return np.asarray(due, np.float64)

    def claimed(self, reduced: Floats, paid: Floats, year: int) -> RepaymentPlan:
        """Return what is repaid of reductions that become known, all at once, in a year.

        Args:
            reduced: Reductions up to then, (administrations,).
            paid: By the fund, (years,).
            year: The year in which they are known.
        """
        known = np.where(self.years == year, reduced[:, None], 0.0)
        return self.settle(self.due(known, known, paid), paid)

    def planned(self, reduced: Floats, seen: Floats, paid: Floats) -> Floats:
        """Return the same as it is planned beforehand: calculated so, or stated in the file."""
        plan = self.stated
        if plan is None:
            due = self.due(reduced, seen, paid)
            # No more in any year than will still have been saved in every later one.
            return np.asarray(np.minimum.accumulate(due[:, ::-1], axis=1)[:, ::-1], np.float64)
        most = np.maximum(self._limit(reduced, seen), 0.0)
        return np.cumsum(np.where(self.inside(paid), np.minimum(plan, most), 0.0), axis=1)

    def settle(self, due: Floats, paid: Floats) -> RepaymentPlan:
        """Return what is repaid of what is due, year by year, in whole units: see `course`."""
        found, unit = self.course(due, paid), self.repayment.rounding
        whole = rounded(found.repaid, unit)
        return RepaymentPlan(
            self.years, self.administrations, found.payments, whole, self.rate, unit
        )

    def course(self, due: Floats, paid: Floats) -> RepaymentCourse:
        """Return how what is due becomes what is repaid, year by year.

        Args:
            due: What may be repaid by the end of each year, (administrations, years).
            paid: By the fund, (years,).
        """
        rule = self.repayment
        unit = rule.rounding
        down = unit if rule.cap_year != "none" else 0
        payments = np.diff(_whole(np.cumsum(paid), unit), prepend=0.0)
        agreed = rule.distribution == "agreed"
        shares = np.array(
            [rule.agreed[n].value if n in rule.agreed else 0.0 for n in self.administrations]
            if agreed
            else [1.0]
        )
        owed = np.zeros(len(shares))
        repaid, offered, returned = np.zeros_like(due), np.zeros_like(due), np.zeros_like(due)
        owing = np.zeros((len(shares), due.shape[1]))
        more = np.diff(due, axis=1, prepend=0.0)
        for year in range(len(self.years)):
            too_much = np.maximum(repaid.sum(axis=1) - _whole(due[:, year], down), 0.0)
            now = np.where(too_much > 0, 0.0, _whole(np.maximum(more[:, year], 0.0), down))
            returned[:, year], offered[:, year] = too_much, now
            owed = owed * (1.0 + self.rate) + shares * payments[year]
            owed = owed + (too_much if agreed else too_much.sum())
            owing[:, year] = owed
            if rule.cap == "none":
                pass
            elif agreed:
                now = np.minimum(now, np.maximum(owed, 0.0))
            elif now.any():
                now = now * min(1.0, float(_whole(owed, unit)[0]) / now.sum())
            owed = owed - (now if agreed else now.sum())
            repaid[:, year] = now - too_much
        return RepaymentCourse(payments, offered, returned, owing, repaid)

    def _limit(self, reduced: Floats, seen: Floats) -> Floats:
        """Return how much of a year's reduction may count, (administrations, years)."""
        limits = {"cash_reduction": seen, "gross_reduction": reduced}
        return limits.get(self.repayment.cap_year, np.full(reduced.shape, np.inf))

    def inside(self, paid: Floats) -> Flags:
        """Return in which years repayment is made, (years,), the fund having paid `paid`."""
        began = np.flatnonzero(paid > ORE)
        if self.repayment.basis == "none" or not len(began):
            return np.zeros(len(self.years), bool)
        first, last = self.repayment.window(int(self.years[began[0]]))
        return np.asarray((self.years >= first) & (self.years <= last))


def _whole(amounts: Floats, unit: float) -> Floats:
    """Return amounts rounded down to whole units, or as they are if the unit is 0."""
    return np.asarray(np.floor(amounts / unit + HAIR) * unit) if unit else amounts


def _payments(book: Ledger, fund: str, arm: str, inside: Flags) -> tuple[Floats, Floats, Floats]:
    """Return what its investments cost, what the fund pays, and what of that is decided, by year.

    Each is (replications, years).
    """
    number = book.result.arms.index(arm)
    items = book.sums(
        lambda line: line.item if line.administration == fund and line.kind in OF_FUND else None,
        yearly=True,
    )
    paid = np.zeros((len(book.amounts), int(inside.sum())))
    decided = np.zeros_like(paid)
    stated = book.result.scenario.funds[fund].payments
    parts = [part[:, number][:, inside] for part in items.values()]
    costs = sum(parts, paid)
    if stated and costs.any():
        years = [str(year) for year in book.years[inside]]
        parts = [paid + [stated[y].value if y in stated else 0.0 for y in years]]
    for part in parts:
        paid = paid + part
        began = np.argmax(part > 0, axis=1)
        decided[np.arange(len(part)), began] += part.sum(axis=1)
    return costs, paid, decided


def deposits_of(terms: settings.Fund, years: Ints) -> Floats:
    """Return what is put into a fund at the start of each year, (years,)."""
    yearly = np.array([terms.deposits.in_year(int(year)) for year in years], np.float64)
    yearly[:1] += terms.deposits.opening.value
    return yearly


def _named(plan: RepaymentPlan, amounts: Floats) -> Iterator[tuple[str, int, float]]:
    for row, column in zip(*np.nonzero(amounts > ORE), strict=True):
        yield plan.administrations[row], int(plan.years[column]), float(amounts[row, column])

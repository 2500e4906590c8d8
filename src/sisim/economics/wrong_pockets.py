"""The wrong-pockets problem: who says yes to a project whose gains fall in other budgets.

A decider says yes where the reduced costs that it counts, within its horizon, are at least what it
pays: `reductions counted >= share x cost`, as means over the draws, and, where it wants to be sure,
in at least that share of the draws. What regimes differ in is whose reductions count and for how
long; the people, their luck and the money are the same:

- `alone_one_year`: those of the administration that delivers, in the first year of the project;
- `alone`: those of the administration that delivers;
- `principal`: those of all administrations of its principal, as a fund of a municipality does;
- `joint`: those of the principals that have agreed to decide together;
- `all`: everybody's.

What is agreed is paid whatever the horizon. Value counts everybody's reductions of all years less
the cost, whoever has said yes. A decider may know or care about more than its own purse: what is
left undone is therefore an upper bound on the silo effect.

**When value cannot fall from one regime to the next.** With deciders who go by the mean:

1. `all` with every year is never worth less than any other regime, as it says yes exactly where the
   value is not negative.
2. A regime is never worth less than a narrower one if, for every project, no one who counts in the
   wider and not in the narrower, and no one whom neither counts, has costs that rise, and no year
   after the narrower horizon costs more: what is yes by the smaller sum is then yes by the larger,
   and no yes is worth less than nothing. `sure` keeps this if it holds in every draw.

Where a project moves costs to others, 2 may fail: one that saves education 2 for a cost of 1, costs
social services 3 and saves the region 5 is done alone and not by a fund, and is worth 3.

Sources: Roman, "Solving the Wrong Pockets Problem", Urban Institute (2015), on gains that fall in
other budgets; Arrow & Lind, "Uncertainty and the Evaluation of Public Investment Decisions",
American Economic Review 60 (1970), on pooled risk.

Examples:
    >>> rules = DecisionRules({"education": "town", "social": "town", "care": "region"})
    >>> early = Proposal.of("early", "education", 6.0, {"education": 2.0, "social": 5.0})
    >>> found = decide([early], rules)
    >>> found["alone"].accepted, found["principal"].accepted
    ((), ('early',))
    >>> found["alone"].undone, found["principal"].value
    (1.0, 1.0)
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple, Self, get_args

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from sisim.arrays import Floats
from sisim.economics.cash_releasing import CashLadder
from sisim.economics.horizon import Horizon
from sisim.economics.ledger import ORE

Regime = Literal["alone_one_year", "alone", "principal", "joint", "all"]
REGIMES: tuple[Regime, ...] = get_args(Regime)
"""From the narrowest to the widest."""


@dataclass(frozen=True)
class Proposal:
    """A project that somebody is to say yes or no to; amounts are SEK, discounted.

    Attributes:
        name: What it is called.
        delivers: The administration that delivers it.
        payments: What it costs each payer as the file says, (draws, years) by payer.
        reductions: By how much each administration's costs fall in cash, of the same shape.
    """

    name: str
    delivers: str
    payments: Mapping[str, Floats]
    reductions: Mapping[str, Floats]

    @classmethod
    def of(
        cls, name: str, delivers: str, cost: ArrayLike, reductions: Mapping[str, ArrayLike]
    ) -> Self:
        """Return a proposal of plain amounts.

        Args:
            name: What it is called.
            delivers: The administration that delivers it, and pays.
            cost: An amount, amounts by year, or (draws, years).
            reductions: The same by administration.
        """

        def wide(amounts: ArrayLike) -> Floats:
            return np.atleast_2d(np.asarray(amounts, np.float64))

        reduced = {name: wide(amounts) for name, amounts in reductions.items()}
        return cls(name, delivers, {delivers: wide(cost)}, reduced)

    @cached_property
    def first(self) -> int:
        """The place of the first year in which something is paid; 0 if nothing is."""
        paid = np.abs(_added(self.payments.values()).mean(axis=0)) > ORE
        return int(np.argmax(paid))

    @cached_property
    def cost(self) -> Floats:
        """What it costs all who pay, (draws,)."""
        return np.asarray(_added(self.payments.values()).sum(axis=-1))

    @cached_property
    def net(self) -> Floats:
        """What it is worth to all: everybody's reductions less the cost, (draws,)."""
        return np.asarray(self.reduced() - self.cost)

    @cached_property
    def value(self) -> float:
        """The mean of the net."""
        return float(self.net.mean())

    def reduced(
        self, administrations: Collection[str] | None = None, years: int | None = None
    ) -> Floats:
        """Return what some administrations save within some years, (draws,).

        Args:
            administrations: Whose reductions count; unset: everybody's.
            years: How many years count from the first payment on; unset: all.
        """
        until = None if years is None else self.first + years
        counted = [
            amounts[..., :until]
            for name, amounts in self.reductions.items()
            if administrations is None or name in administrations
        ]
        return np.asarray(np.zeros(self._draws) + _added(counted).sum(axis=-1))

    @property
    def _draws(self) -> int:
        either = (*self.payments.values(), *self.reductions.values())
        return max((len(amounts) for amounts in either), default=1)


def proposal_of(ladder: CashLadder, name: str, delivers: str) -> Proposal:
    """Return what an arm asks for: discounted, and of what it saves only what budgets see.

    Counted are the simulated years, in fixed prices, without what everyone has.

    Args:
        ladder: What the arm saves.
        name: What it is called.
        delivers: The administration that delivers it.
    """
    book = ladder.ledger
    result = book.result
    horizon = Horizon(result, book.amounts.shape[2])
    factors = horizon.factors(result.scenario.economy.discount_costs.value)
    worth = ladder.seen[:, horizon.before :] * factors[:, None]
    yearly = horizon.yearly(np.moveaxis(worth, -1, 1))
    payments: dict[str, Floats] = {}
    reductions: dict[str, Floats] = {}
    for number, (line, rung) in enumerate(zip(ladder.lines, ladder.rungs, strict=True)):
        found, sign = (payments, -1.0) if rung == "intervention" else (reductions, 1.0)
        found[line.administration] = found.get(line.administration, 0.0) + sign * yearly[:, number]
    return Proposal(name, delivers, payments, reductions)


class Answer(NamedTuple):
    """What a decider says to a proposal, and why; SEK, means over the draws.

    Attributes:
        yes: Whether it says yes.
        pays: What it must pay.
        counts: The reductions that it counts.
        chance: The share of the draws in which they are at least what it pays.
    """

    yes: bool
    pays: float
    counts: float
    chance: float


@dataclass(frozen=True)
class Decider:
    """Who says yes or no.

    Attributes:
        administrations: Whose reductions count; None: everybody's.
        years: How many years of them count; None: all.
        sure: The share of the draws in which a project must not lose; None: the mean decides.
        share: The share of the cost that it must pay.
    """

    administrations: frozenset[str] | None = None
    years: int | None = None
    sure: float | None = None
    share: float = 1.0

    def result(self, proposal: Proposal) -> Floats:
        """Return what the decider gains by a proposal as it sees it, (draws,)."""
        counted = proposal.reduced(self.administrations, self.years)
        return np.asarray(counted - self.share * proposal.cost)

    def answer(self, proposal: Proposal) -> Answer:
        """Return what the decider says to a proposal."""
        result = self.result(proposal)
        pays = self.share * float(proposal.cost.mean())
        gained = float(result.mean())
        chance = float((result >= -ORE).mean())
        yes = gained >= -ORE and (self.sure is None or chance >= self.sure)
        return Answer(yes, pays, pays + gained, chance)


@dataclass(frozen=True)
class DecisionRules:
    """Who decides in each regime.

    Attributes:
        principals: The principal of each administration.
        joint: The principals that decide together, beside that of the one that delivers.
        horizons: How many years count, by regime; all where none are named.
        sure: As of a `Decider`, in every regime.
    """

    principals: Mapping[str, str]
    joint: tuple[str, ...] = ()
    horizons: Mapping[Regime, int] = field(default_factory=dict)
    sure: float | None = None

    def members(self, regime: Regime, proposal: Proposal) -> frozenset[str]:
        """Return the administrations whose reductions count."""
        own = self.principals[proposal.delivers]
        together = {own, *self.joint} if regime == "joint" else {own}
        match regime:
            case "alone" | "alone_one_year":
                return frozenset({proposal.delivers})
            case "all":
                return frozenset(proposal.reductions) | {proposal.delivers}
            case _:
                return frozenset(n for n, who in self.principals.items() if who in together)

    def decider(self, regime: Regime, proposal: Proposal) -> Decider:
        """Return who decides on a proposal in a regime."""
        years = 1 if regime == "alone_one_year" else self.horizons.get(regime)
        return Decider(self.members(regime, proposal), years, self.sure)


@dataclass(frozen=True)
class Decided:
    """What is done and left undone in a regime; SEK.

    Attributes:
        regime: Which.
        answers: To every proposal, by name.
        nets: What every proposal is worth to all, (draws,) by name.
    """

    regime: Regime
    answers: Mapping[str, Answer]
    nets: Mapping[str, Floats]

    @property
    def accepted(self) -> tuple[str, ...]:
        """The proposals that are said yes to."""
        return tuple(name for name, answer in self.answers.items() if answer.yes)

    @property
    def missed(self) -> tuple[str, ...]:
        """The proposals that are worth more than they cost and are left undone."""
        return tuple(
            name
            for name, answer in self.answers.items()
            if not answer.yes and self.nets[name].mean() > ORE
        )

    @property
    def done(self) -> Floats:
        """What is done is worth to all, (draws,)."""
        return _together([self.nets[name] for name in self.accepted], self._draws)

    @property
    def left(self) -> Floats:
        """What is missed would be worth to all, (draws,)."""
        return _together([self.nets[name] for name in self.missed], self._draws)

    @property
    def value(self) -> float:
        """The mean of what is done."""
        return float(self.done.mean())

    @property
    def undone(self) -> float:
        """The mean of what is missed."""
        return float(self.left.mean())

    @property
    def harm(self) -> float:
        """What those that are done and cost all more than they save lose, not negative."""
        return sum(max(-float(self.nets[name].mean()), 0.0) for name in self.accepted)

    @property
    def _draws(self) -> int:
        return max((len(net) for net in self.nets.values()), default=1)


def decide(proposals: Sequence[Proposal], rules: DecisionRules) -> dict[Regime, Decided]:
    """Return what is done in each regime.

    Args:
        proposals: The projects, each with a name of its own.
        rules: Who decides.
    """
    nets = {one.name: one.net for one in proposals}
    return {
        regime: Decided(
            regime,
            {one.name: rules.decider(regime, one).answer(one) for one in proposals},
            nets,
        )
        for regime in REGIMES
    }


# ------------------------------------------------------------------------ who pays and who gains


class Stake(NamedTuple):
    """What an administration pays and saves if a proposal is done; SEK, (draws,)."""

    pays: Floats
    saves: Floats

    @property
    def net(self) -> Floats:
        """What is left for its own purse, (draws,)."""
        return np.asarray(self.saves - self.pays)


def stake(
    proposal: Proposal,
    administration: str,
    regime: Regime,
    rules: DecisionRules,
    *,
    repayment: bool = True,
) -> Stake:
    """Return what one administration pays and saves if a proposal is done in a regime.

    Alone, the one that delivers pays all. A fund of the principal pays all, and is repaid what its
    administrations save, up to the cost and in proportion, or nothing. Those who decide together
    share the cost in proportion to what each is expected to save.

    Args:
        proposal: The proposal.
        administration: Whose purse.
        regime: Who decides.
        rules: The rules that say who belongs to whom.
        repayment: Whether a fund is repaid.
    """
    saves = proposal.reduced({administration})
    nothing = np.zeros_like(saves)
    if regime in ("alone", "alone_one_year"):
        delivers = administration == proposal.delivers
        return Stake(nothing + proposal.cost if delivers else nothing, saves)
    members = rules.members(regime, proposal)
    if administration not in members or (regime == "principal" and not repayment):
        return Stake(nothing, saves)
    gains = {name: proposal.reduced({name}) for name in sorted(members)}
    if regime == "principal":
        return Stake(repaid_in_proportion(gains, proposal.cost)[administration], saves)
    means = {name: max(float(gained.mean()), 0.0) for name, gained in gains.items()}
    total = sum(means.values())
    # Where nobody gains, nobody can be asked but the one that delivers.
    alone = float(administration == proposal.delivers)
    share = means[administration] / total if total > ORE else alone
    return Stake(share * proposal.cost, saves)


def repaid_in_proportion(gains: Mapping[str, Floats], cost: Floats) -> dict[str, Floats]:
    """Return what each repays of what it has gained, up to a cost, in proportion, (draws,)."""
    gained = {name: np.maximum(own, 0.0) for name, own in gains.items()}
    total = _added(gained.values())
    left = np.minimum(total, cost)
    share = np.divide(left, total, out=np.zeros_like(total + left), where=total > 0)
    return {name: own * share for name, own in gained.items()}


def dependence(proposals: Sequence[Proposal]) -> dict[tuple[str, str], float]:
    """Return whose reductions hang on whose payments; SEK, by payer and administration.

    Without one of those who pay for it a project is not done, and its reductions do not come.
    """
    found: dict[tuple[str, str], float] = {}
    for one in proposals:
        paying = [n for n, paid in one.payments.items() if paid.sum(axis=-1).mean() > ORE]
        for payer in paying:
            for name, reduced in one.reductions.items():
                pair = payer, name
                found[pair] = found.get(pair, 0.0) + float(reduced.sum(axis=-1).mean())
    return found


# ------------------------------------------------------------------------ risk


class ResultRisk(NamedTuple):
    """How a result differs between draws; SEK.

    Attributes:
        mean: The mean.
        deviation: The standard deviation; NaN for a single draw.
        loses: The share of the draws in which it is negative.
    """

    mean: float
    deviation: float
    loses: float


def risk(results: Floats) -> ResultRisk:
    """Return how a result, (draws,), differs between draws."""
    spread = float(results.std(ddof=1)) if len(results) > 1 else float("nan")
    return ResultRisk(float(results.mean()), spread, float((results < -ORE).mean()))


def unit_risks(proposals: Sequence[Proposal]) -> dict[str, ResultRisk]:
    """Return the risk of each project for the administration that delivers it and pays alone."""
    return {one.name: risk(one.reduced({one.delivers}) - one.cost) for one in proposals}


def pooled_risk(proposals: Sequence[Proposal], rules: DecisionRules) -> ResultRisk:
    """Return the risk of all projects together for the fund of the principals that pay.

    A draw is the same life of the same people in every project, so that what makes them go well or
    badly together is in it.
    """
    results = [Decider(rules.members("principal", one)).result(one) for one in proposals]
    return risk(_added(results))


def chance_of_loss(mean: float, deviation: float, projects: int = 1) -> float:
    """Return the chance that equal and independent projects lose together, if normal.

    The mean of n of them varies by `deviation / sqrt(n)`: chance = Phi(-mean sqrt(n) / deviation).

    Args:
        mean: The mean result of one.
        deviation: Its standard deviation.
        projects: How many are pooled.

    Examples:
        >>> round(chance_of_loss(1, 4), 6), round(chance_of_loss(1, 4, 10), 6)
        (0.401294, 0.214598)
    """
    if deviation <= 0:
        return float(mean < 0)
    return float(ndtr(-mean * np.sqrt(projects) / deviation))


def _together(results: Sequence[Floats], draws: int) -> Floats:
    """Return the sum of results, (draws,); zeros if there are none."""
    return np.asarray(sum(results, np.zeros(draws)))


def _added(amounts: Collection[Floats]) -> Floats:
    """Return the sum of arrays of one shape; a zero of two axes if there are none."""
    return np.asarray(sum(amounts, np.zeros((1, 1)) if not amounts else 0.0), np.float64)

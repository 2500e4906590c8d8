"""The rounds of the silo game: what each administration is asked of every project in three rounds.

The projects, the people and the money are the same in all rounds; what differs is who is asked,
what it must pay, and for how long its own reduced costs count:

- `alone`: the administration that delivers a project is asked, and pays all of it;
- `fund`: a fund of its principal pays, and is repaid nothing; all administrations of the principal
  whose costs change are asked;
- `repaid`: the fund pays first, and the same administrations repay all of it, in proportion to what
  each is expected to save.

A project is done where everyone who is asked says yes. The decision rule is that of
`sisim.economics.wrong_pockets`: yes where the own reductions within the own horizon are at least
what must be paid. In the round `repaid` each then says yes exactly where all of them together would
(with one horizon for all, and costs that fall): own >= cost x own / sum is sum >= cost.

Sources: Olson, "The Logic of Collective Action" (1965), on what is provided where gains are shared;
the terms of the rounds are those of the social investment funds of Swedish municipalities, with
and without repayment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple, Self, get_args

import numpy as np

from sisim.economics.appraisal import interval
from sisim.economics.ledger import ORE
from sisim.economics.wrong_pockets import DecisionRules, Proposal, Regime, stake

Round = Literal["alone", "fund", "repaid"]
ROUNDS: tuple[Round, ...] = get_args(Round)
WIDER: tuple[Regime, ...] = ("joint", "all")
"""Regimes that no round is played under: what they would do stands beside."""
FELT = 0.01
"""Of what a project costs: whose costs change by less is not asked about it."""


class Question(NamedTuple):
    """What an administration is told of a project in a round; SEK, means over the draws.

    Attributes:
        asked: Whether the project needs its yes.
        pays: What it must pay.
        saves: By how much its own costs fall within its horizon.
        rule: Whether the decision rule says yes.
        years: How long its horizon is; None: all years.
    """

    asked: bool
    pays: float
    saves: float
    rule: bool
    years: int | None = None


class Outcome(NamedTuple):
    """What has been done and left undone is worth to all; SEK.

    Attributes:
        value: What is done is worth.
        undone: What is worth more than it costs, and is left undone, is worth.
        spent: What is done costs.
    """

    value: float
    undone: float
    spent: float

    @classmethod
    def of(cls, shares: Sequence[float], values: Sequence[float], costs: Sequence[float]) -> Self:
        """Return what comes of it where each project is done in a share of all places."""
        done = np.asarray(shares, np.float64)
        worth = np.asarray(values, np.float64)
        return cls(
            float(done @ worth),
            float((1 - done) @ np.maximum(worth, 0.0)),
            float(done @ np.asarray(costs, np.float64)),
        )


@dataclass(frozen=True)
class SiloRounds:
    """A game: projects, the administrations that play, and what each is asked in every round.

    Attributes:
        projects: The name of each project.
        values: What each is worth to all; SEK.
        ranges: Between what that lies in four draws of five; SEK.
        costs: What each costs; SEK.
        delivers: The administration that delivers each.
        roles: The administrations that are asked something in some round.
        questions: What a role is told of each project, by round and role.
        wider: The projects that would be done in wider regimes than any round.
    """

    projects: tuple[str, ...]
    values: tuple[float, ...]
    ranges: tuple[tuple[float, float], ...]
    costs: tuple[float, ...]
    delivers: tuple[str, ...]
    roles: tuple[str, ...]
    questions: Mapping[tuple[Round, str], tuple[Question, ...]]
    wider: Mapping[Regime, tuple[bool, ...]]

    @classmethod
    def of(cls, proposals: Sequence[Proposal], rules: DecisionRules) -> Self:
        """Return the game of some projects.

        Args:
            proposals: The projects, each with a name of its own.
            rules: Who belongs to whom, and how many years count for whom.
        """
        members = {n for one in proposals for n in rules.members("principal", one)}
        known = [name for name in rules.principals if name in members]
        told = {
            (round_, name): tuple(question(one, name, round_, rules) for one in proposals)
            for round_ in ROUNDS
            for name in known
        }
        roles = [n for n in known if any(q.asked for r in ROUNDS for q in told[r, n])]
        # Whoever delivers something has most to answer: nobody sits there in vain.
        roles.sort(key=lambda name: -sum(one.delivers == name for one in proposals))
        return cls(
            tuple(one.name for one in proposals),
            tuple(one.value for one in proposals),
            tuple((own.low, own.high) for own in (interval(one.net) for one in proposals)),
            tuple(float(one.cost.mean()) for one in proposals),
            tuple(one.delivers for one in proposals),
            tuple(roles),
            {key: asked for key, asked in told.items() if key[1] in roles},
            {
                regime: tuple(rules.decider(regime, one).answer(one).yes for one in proposals)
                for regime in WIDER
            },
        )

    def done(self, round_: Round, answers: Mapping[str, Sequence[bool | None]]) -> tuple[bool, ...]:
        """Return which projects are done in one place.

        Args:
            round_: The round.
            answers: What each role says to every project, None where it has said nothing, which is
                no yes; a role that is not there answers by the decision rule.
        """
        return tuple(
            all(
                answers[role][number] is True if role in answers else asked[number].rule
                for role in self.roles
                if (asked := self.questions[round_, role])[number].asked
            )
            for number in range(len(self.projects))
        )

    def outcome(self, shares: Sequence[float]) -> Outcome:
        """Return what comes of it where each project is done in a share of all places."""
        return Outcome.of(shares, self.values, self.costs)

    @cached_property
    def by_rule(self) -> dict[Round, tuple[bool, ...]]:
        """The projects that are done in each round where all answer by the decision rule."""
        return {round_: self.done(round_, {}) for round_ in ROUNDS}


def question(
    proposal: Proposal, administration: str, round_: Round, rules: DecisionRules
) -> Question:
    """Return what an administration is told of a project in a round."""
    regime: Regime = "alone" if round_ == "alone" else "principal"
    years = rules.horizons.get(regime)
    saves = proposal.reduced({administration}, years)
    delivers = administration == proposal.delivers
    if round_ == "alone":
        pays = stake(proposal, administration, "alone", rules).pays
        asked = delivers
    else:
        within = DecisionRules(rules.principals, (), rules.horizons, rules.sure)
        repaid = stake(proposal, administration, "joint", within).pays
        pays = repaid if round_ == "repaid" else np.zeros_like(saves)
        of_fund = administration in rules.members("principal", proposal)
        felt = max(FELT * float(proposal.cost.mean()), ORE)
        asked = of_fund and (delivers or abs(float(saves.mean())) > felt)
    left = saves - pays
    yes = float(left.mean()) >= -ORE
    if rules.sure is not None:
        yes = yes and float((left >= -ORE).mean()) >= rules.sure
    return Question(asked, float(np.mean(pays)), float(saves.mean()), yes, years)

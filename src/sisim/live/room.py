"""A room that plays the silo game: seats, rounds, answers; in memory alone, and without names.

A seat is an administration of one of several municipalities. Those who join are seated in order,
so that every municipality but the last is whole; a seat that nobody has taken answers by the
decision rule. Whoever sits there is known by a token alone, which the browser's tab holds.

Nothing of what others answer leaves the room before the teacher reveals the round, and then as sums
alone. What has been counted when a round was closed stays as it was, whoever leaves.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Literal

from sisim.economics.silo_rounds import ROUNDS, Outcome, Question, Round, SiloRounds

Phase = Literal["lobby", "open", "closed", "revealed"]
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""What a code is made of: nothing that is taken for another sign when it is read from afar."""
LENGTH = 6
"""Signs of a code: 31 to the power of 6 is 9 x 10^8 codes."""
MOST_SEATS = 200
"""So many can sit in a room."""
AWAY = 20.0
"""Seconds after which somebody who is not heard of is not waited for."""


class Refused(Exception):  # noqa: N818 (what is said of it)
    """What a participant has asked for is not given.

    Attributes:
        why: The reason.
    """

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


Why = Literal["code", "locked", "full", "seat", "round", "closed", "question"]


@dataclass
class Seat:
    """One administration of one municipality, and what it has answered.

    Attributes:
        number: What the seat is called on the screen, from 1.
        role: The administration.
        heard: When its tab was last heard of.
        answers: What it says to the projects, by their number, in each round.
    """

    number: int
    role: str
    heard: float
    answers: dict[Round, dict[int, bool]] = field(default_factory=dict)


@dataclass(frozen=True)
class Counted:
    """What came of a round when it was closed.

    Attributes:
        places: How many municipalities there were.
        done: In how many of them each project is done.
        outcome: What that is worth, per municipality.
        seated: How many seats somebody sat at.
        by_rule: How many seats answered by the decision rule.
    """

    places: int
    done: tuple[int, ...]
    outcome: Outcome
    seated: int
    by_rule: int


class Room:
    """A room, with what its participants may ask for and what its teacher may do.

    Args:
        game: What is played.
        clock: Tells the time in seconds.
        most: So many can sit in it.

    Attributes:
        code: What is needed to join.
        locked: Whether nobody more may join.
        phase: What is going on.
        number: The number of the round that is played, from 0.
        counted: What came of the rounds that are closed.
    """

    def __init__(
        self, game: SiloRounds, clock: Callable[[], float] = monotonic, most: int = MOST_SEATS
    ) -> None:
        self.game, self._clock, self._most = game, clock, most
        self._seats: dict[str, Seat] = {}
        self.locked = False
        self.phase: Phase = "lobby"
        self.number = 0
        self.counted: dict[Round, Counted] = {}
        self.new_code()

    # ------------------------------------------------------------------------ participants

    def join(self, code: str) -> str:
        """Take a seat.

        Returns:
            The token that the seat is known by from then on.

        Raises:
            Refused: If the code is another, or there is no room.
        """
        given = "".join(code.split()).replace("-", "").upper()
        if not secrets.compare_digest(given.encode(), self.code.encode()):
            raise Refused("code")
        if self.locked:
            raise Refused("locked")
        taken = {seat.number for seat in self._seats.values()}
        number = next(n for n in range(1, self._most + 2) if n not in taken)
        if number > self._most:
            raise Refused("full")
        token = secrets.token_urlsafe(24)
        role = self.game.roles[(number - 1) % len(self.game.roles)]
        self._seats[token] = Seat(number, role, self._clock())
        return token

    def seat(self, token: str) -> Seat:
        """Return the seat of a token, which has been heard of now.

        Raises:
            Refused: If nobody sits there by that token.
        """
        found = self._seats.get(token)
        if found is None:
            raise Refused("seat")
        found.heard = self._clock()
        return found

    def answer(self, token: str, round_: str, project: int, yes: bool) -> None:
        """Say yes or no to a project; the last word before the round is closed counts.

        Raises:
            Refused: If the seat is not known, another round is played, it is not open, or the seat
                is not asked about that project.
        """
        seat = self.seat(token)
        if round_ != self.round:
            raise Refused("round")
        if self.phase != "open":
            raise Refused("closed")
        asked = self.questions(seat)
        if not 0 <= project < len(asked) or not asked[project].asked:
            raise Refused("question")
        seat.answers.setdefault(self.round, {})[project] = yes

    def leave(self, token: str) -> None:
        """Leave the room: the token is void, and what it has said in an open round with it.

        Raises:
            Refused: If nobody sits there by that token.
        """
        self.seat(token)
        del self._seats[token]

    def questions(self, seat: Seat) -> tuple[Question, ...]:
        """Return what a seat is told of each project in this round."""
        return self.game.questions[self.round, seat.role]

    # ------------------------------------------------------------------------ the teacher

    @property
    def round(self) -> Round:
        """The round that is played."""
        return ROUNDS[self.number]

    @property
    def seats(self) -> list[Seat]:
        """The seats that are taken, by number."""
        return sorted(self._seats.values(), key=lambda seat: seat.number)

    @property
    def last(self) -> bool:
        """Whether no round follows."""
        return self.number == len(ROUNDS) - 1

    def answered(self, seat: Seat) -> bool:
        """Return whether a seat has said all that it is asked in this round."""
        given = seat.answers.get(self.round, {})
        return all(n in given for n, one in enumerate(self.questions(seat)) if one.asked)

    def asked(self, seat: Seat) -> bool:
        """Return whether a seat is asked anything in this round."""
        return any(one.asked for one in self.questions(seat))

    def away(self, seat: Seat) -> bool:
        """Return whether nothing has been heard of a seat lately."""
        return self._clock() - seat.heard > AWAY

    def go_on(self) -> None:
        """Go on: open the round, close it, reveal it, open the next one."""
        if self.phase == "closed":
            self.phase = "revealed"
        elif self.phase == "open":
            self.counted[self.round] = self._count()
            self.phase = "closed"
        elif self.phase == "lobby" or not self.last:
            self.number += self.phase == "revealed"
            self.phase = "open"

    def reopen(self) -> None:
        """Open a round again that is closed and not yet revealed."""
        if self.phase == "closed":
            del self.counted[self.round]
            self.phase = "open"

    def again(self) -> None:
        """Begin the game anew with those who are there."""
        self.phase, self.number = "lobby", 0
        self.counted.clear()
        for seat in self._seats.values():
            seat.answers.clear()

    def new_code(self) -> None:
        """Give the room another code; who sits there stays."""
        self.code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))

    def clear(self) -> None:
        """Send all away, and begin anew under another code."""
        self._seats.clear()
        self.again()
        self.new_code()

    def revealed(self) -> dict[Round, Counted]:
        """Return what came of the rounds that have been revealed."""
        hidden = self.round if self.phase == "closed" else None
        return {name: found for name, found in self.counted.items() if name != hidden}

    def _count(self) -> Counted:
        """Return what comes of the answers that have been given in this round."""
        roles = self.game.roles
        places: dict[int, dict[str, Seat]] = {}
        for seat in self._seats.values():
            places.setdefault((seat.number - 1) // len(roles), {})[seat.role] = seat
        done = [self._done(there) for there in places.values()]
        sums = tuple(sum(one[n] for one in done) for n in range(len(self.game.projects)))
        n = max(len(places), 1)
        outcome = self.game.outcome([one / n for one in sums])
        seated = len(self._seats)
        return Counted(len(places), sums, outcome, seated, len(places) * len(roles) - seated)

    def _done(self, there: dict[str, Seat]) -> tuple[bool, ...]:
        """Return which projects are done in one municipality."""
        every = range(len(self.game.projects))
        given = {role: seat.answers.get(self.round, {}) for role, seat in there.items()}
        said = {role: [answers.get(n) for n in every] for role, answers in given.items()}
        return self.game.done(self.round, said)

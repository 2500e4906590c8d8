"""What a participant of a room reads, in the language that is current."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sisim.economics.silo_rounds import ROUNDS, Outcome, Question, Round, SiloRounds
from sisim.i18n import n_, t
from sisim.live.room import CountedRound, Room, Seat, Why
from sisim.report.formats import Unit, money, unit_for
from sisim.scenario.types import Text

Words = dict[str, Any]


@dataclass(frozen=True)
class Labels:
    """What the projects and the administrations of a game are called.

    Attributes:
        projects: The label of each project, by name.
        administrations: The label of each administration, by name.
        currency: The code of what amounts are counted in.
        origin: Where the numbers come from.
    """

    projects: Mapping[str, Text]
    administrations: Mapping[str, Text]
    currency: str
    origin: Text


def round_title(name: Round) -> str:
    """Return what a round is called."""
    match name:
        case "alone":
            return t("Each alone")
        case "fund":
            return t("A fund without repayment")
        case _:
            return t("A fund with repayment")


def round_terms(name: Round) -> str:
    """Return the terms of a round."""
    match name:
        case "alone":
            return t(
                "The administration that delivers a project pays all of it, and decides alone. "
                "Each keeps what its own costs fall by."
            )
        case "fund":
            return t(
                "A fund pays, and is repaid nothing. Each keeps what its own costs fall by. A "
                "project is done if all who are asked say yes."
            )
        case _:
            return t(
                "The fund pays first. Those whose costs are expected to fall repay all of it, in "
                "proportion. A project is done if all who are asked say yes."
            )


def refusal(why: Why) -> str:
    """Return why a participant is refused something, and what to do."""
    match why:
        case "code":
            return t("That is not the code. It stands on the teacher's screen.")
        case "locked":
            return t("Nobody more may join now. Ask the teacher to open the room.")
        case "full":
            return t("The room is full.")
        case "seat":
            return t("You have no seat any more. Join again with the code on the screen.")
        case "round":
            return t("That round is over. The page now shows the one that is played.")
        case "closed":
            return t("The round is not open, so the answer does not count.")
        case _:
            return t("You are not asked about that project.")


def common_unit(game: SiloRounds) -> Unit:
    """Return the unit that all amounts of a game are told in."""
    return unit_for(max(map(abs, game.costs), default=0.0))


def privacy() -> str:
    """Return what is kept of those who take part."""
    return t("No names: what is answered is kept in memory alone, until the game ends.")


def decision_rule() -> str:
    """Return how a seat answers that nobody has taken."""
    return t(
        "Empty seats answer by the decision rule: yes where the own costs fall by at least what "
        "must be paid."
    )


class ParticipantWords:
    """Writes what a participant reads.

    Args:
        room: The room.
        texts: What projects and administrations are called.
        alone: Whether one person plays, and leads.
    """

    def __init__(self, room: Room, texts: Labels, *, alone: bool = False) -> None:
        self._room, self._texts, self._alone = room, texts, alone
        self._unit = common_unit(room.game)

    def of(self, seat: Seat) -> Words:
        """Return all that a seat is shown: its own questions and answers, and what is revealed."""
        room = self._room
        place = (seat.number - 1) // len(room.game.roles) + 1
        number = t("Seat {seat}, municipality {place}", seat=str(seat.number), place=str(place))
        words: Words = {
            "role": self._texts.administrations[seat.role].text,
            "seat": "" if self._alone else number,
            "phase": room.phase,
            "round": room.round,
            "title": t("Welcome"),
            "terms": t("The teacher begins when all have joined. Keep this page open."),
            "status": "",
            "cards": [],
            "results": self._results(),
            "lead": self._lead() if self._alone else [],
        }
        if room.phase != "lobby":
            n, of = str(room.number + 1), str(len(ROUNDS))
            title = round_title(room.round)
            words["title"] = t("Round {n} of {of}: {title}", n=n, of=of, title=title)
            words["terms"] = round_terms(room.round)
            words["status"] = self._status(seat)
            asked = room.questions(seat)
            words["cards"] = [self._card(seat, n, one) for n, one in enumerate(asked)]
        elif self._alone:
            words["terms"] = t(
                "You are one administration; the others answer by the decision rule: yes where "
                "their own costs fall by at least what they must pay."
            )
        return words

    def _status(self, seat: Seat) -> str:
        room = self._room
        match room.phase:
            case "closed":
                return t("The round is closed. Look at the screen.")
            case "revealed" if room.last:
                return t("The game is over.")
            case "revealed":
                return t("This is what came of the round.")
        if not room.asked(seat):
            return t("In this round you are not asked. What would you have wanted?")
        if room.answered(seat):
            return t("You have answered. You may change it until the round is closed.")
        left = sum(one.asked for one in room.questions(seat))
        left -= len(seat.answers.get(room.round, {}))
        return n_("{n} project left to answer.", "{n} projects left to answer.", left)

    def _card(self, seat: Seat, number: int, one: Question) -> Words:
        room, game = self._room, self._room.game
        delivers = self._texts.administrations[game.delivers[number]].text
        return {
            "project": number,
            "title": self._texts.projects[game.projects[number]].text,
            "delivers": t("Delivered by: {administration}", administration=delivers),
            "lines": [
                [t("You pay"), money(one.pays, self._unit)],
                [self._saving(one), money(abs(one.saves), self._unit)],
            ],
            "asked": one.asked,
            "answer": seat.answers.get(room.round, {}).get(number),
            "note": "" if one.asked else t("You are not asked."),
        }

    def _saving(self, one: Question) -> str:
        falls = round(one.saves / self._unit.size, self._unit.digits) >= 0
        if one.years is None:
            return t("Your own costs fall by") if falls else t("Your own costs rise by")
        if falls:
            return n_(
                "Your own costs fall within {n} year by",
                "Your own costs fall within {n} years by",
                one.years,
            )
        return n_(
            "Your own costs rise within {n} year by",
            "Your own costs rise within {n} years by",
            one.years,
        )

    def _results(self) -> list[Words]:
        """Return what came of the rounds that are revealed, the last one first."""
        found = list(self._room.revealed().items())[::-1]
        return [self._result(name, counted) for name, counted in found]

    def _result(self, name: Round, counted: CountedRound) -> Words:
        game = self._room.game
        projects = [
            [self._texts.projects[one].text, done_in(done, counted.places)]
            for one, done in zip(game.projects, counted.done, strict=True)
        ]
        rule = game.outcome([float(yes) for yes in game.by_rule[name]])
        return {
            "title": round_title(name),
            "projects": projects,
            "lines": [
                [t("Worth of what was done, per municipality"), self._worth(counted.outcome)],
                [t("Worth of what was left undone"), money(counted.outcome.undone, self._unit)],
                [t("Done by the decision rule"), self._worth(rule)],
            ],
        }

    def _worth(self, outcome: Outcome) -> str:
        return money(outcome.value, self._unit)

    def _lead(self) -> list[list[str]]:
        """Return what somebody who plays alone can do, and what it is called."""
        room = self._room
        if room.phase == "lobby":
            return [["go_on", t("Begin")]]
        if room.phase == "open":
            return [["go_on", t("Show what comes of it")]]
        return [["again", t("Play again")]] if room.last else [["go_on", t("Next round")]]


def done_in(done: int, places: int) -> str:
    """Return in how many municipalities a project is done; a dash where there is none."""
    if places == 0:
        return "–"
    if places == 1:
        return t("done") if done else t("not done")
    return t("in {done} of {places}", done=str(done), places=str(places))

"""A room: whatever is sent, an answer is its own seat's, and sums are those of the answers."""

from __future__ import annotations

import json

import pytest
from helpers.silo_games import by_hand, labels
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from sisim.economics.silo_rounds import ROUNDS, Round
from sisim.i18n import in_language
from sisim.live.room import AWAY, LENGTH, LETTERS, Refused, Room
from sisim.live.room_words import ParticipantWords

GAME = by_hand()
PROJECTS = len(GAME.projects)


def joined(room: Room, n: int) -> list[str]:
    return [room.join(room.code) for _ in range(n)]


def test_a_code_is_long_enough_and_is_asked_for() -> None:
    room = Room(GAME)
    assert len(LETTERS) ** LENGTH > 5e8
    assert set(room.code) <= set(LETTERS)
    assert len({Room(GAME).code for _ in range(50)}) == 50
    for wrong in ("", "AAAAAA", room.code[:-1], f"{room.code}A", "å" * 6):
        with pytest.raises(Refused) as told:
            room.join(wrong)
        assert told.value.why == "code"
    assert room.seat(room.join(f" {room.code[:3].lower()} {room.code[3:]}")).number == 1


def test_municipalities_are_filled_one_after_the_other_and_late_joiners_fill_gaps() -> None:
    room = Room(GAME)
    tokens = joined(room, 5)
    assert [room.seat(one).role for one in tokens] == ["education", "social"] * 2 + ["education"]
    room.leave(tokens[1])
    assert room.seat(room.join(room.code)).number == 2


def test_a_round_goes_from_open_to_closed_to_revealed_and_the_last_ends_the_game() -> None:
    room = Room(GAME)
    (one,) = joined(room, 1)
    with pytest.raises(Refused):
        room.answer(one, "alone", 0, True)
    seen = []
    for _ in range(12):
        room.go_on()
        seen.append((room.number, room.phase))
    assert seen[:9] == [(n, p) for n in range(3) for p in ("open", "closed", "revealed")]
    assert set(seen[8:]) == {(2, "revealed")}
    room.again()
    assert (room.number, room.phase, room.counted) == (0, "lobby", {})


def test_an_answer_may_be_changed_until_the_round_is_closed() -> None:
    room = Room(GAME)
    (one,) = joined(room, 1)
    room.go_on()
    room.answer(one, "alone", 0, True)
    room.answer(one, "alone", 0, False)
    room.answer(one, "alone", 1, True)
    room.go_on()
    assert room.counted["alone"].done == (0, 1, 0, 0)
    with pytest.raises(Refused) as told:
        room.answer(one, "alone", 0, True)
    assert told.value.why == "closed"
    room.reopen()
    room.answer(one, "alone", 0, True)
    room.go_on()
    assert room.counted["alone"].done == (1, 1, 0, 0)


def test_who_leaves_takes_an_open_answer_along_and_leaves_a_counted_one() -> None:
    room = Room(GAME)
    one, other = joined(room, 2)
    room.go_on()
    room.answer(one, "alone", 0, True)
    room.leave(one)
    again = room.join(room.code)  # no second answer beside the first
    room.answer(again, "alone", 0, True)
    room.go_on()
    assert room.counted["alone"].done[0] == 1
    room.leave(again)
    room.go_on()
    assert room.revealed()["alone"].done[0] == 1
    with pytest.raises(Refused):
        room.seat(one)
    assert room.seat(other).number == 2


def test_nobody_is_waited_for_who_has_not_been_heard_of() -> None:
    now = [0.0]
    room = Room(GAME, lambda: now[0])
    (one,) = joined(room, 1)
    now[0] = AWAY + 1
    assert room.away(room.seats[0])
    room.seat(one)
    assert not room.away(room.seats[0])


def test_a_full_a_locked_and_an_emptied_room_let_nobody_in() -> None:
    room = Room(GAME, most=2)
    (one, _) = joined(room, 2)
    with pytest.raises(Refused, match="full"):
        room.join(room.code)
    room.leave(one)
    room.locked = True
    with pytest.raises(Refused, match="locked"):
        room.join(room.code)
    old = room.code
    room.clear()
    assert room.code != old
    assert room.seats == []


def test_where_all_answer_by_the_decision_rule_the_room_comes_to_what_is_simulated() -> None:
    room = Room(GAME)
    tokens = joined(room, 7)  # four municipalities, in the last of which a seat is empty
    for round_ in ROUNDS:
        room.go_on()
        for token in tokens:
            for n, one in enumerate(GAME.questions[round_, room.seat(token).role]):
                if one.asked:
                    room.answer(token, round_, n, one.rule)
        room.go_on()
        found = room.counted[round_]
        assert found.outcome == pytest.approx(GAME.outcome(GAME.by_rule[round_]))
        assert (found.places, found.seated, found.by_rule) == (4, 7, 1)
        room.go_on()


class AnyRoom(RuleBasedStateMachine):
    """Participants join, answer, forge, leave; the teacher goes on, goes back, begins anew."""

    tokens = Bundle("tokens")

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.room = Room(GAME, lambda: self.now, most=9)
        self.said: dict[str, dict[Round, dict[int, bool]]] = {}
        self.counted: dict[Round, object] = {}

    @rule(target=tokens)
    def join(self) -> str:
        if self.room.locked or len(self.said) == 9:
            with pytest.raises(Refused, match=r"locked|full"):
                self.room.join(self.room.code)
            return "nobody"
        token = self.room.join(self.room.code)
        assert token not in self.said
        self.said[token] = {}
        return token

    @rule(token=tokens, round_=st.sampled_from(ROUNDS), n=st.integers(-2, 6), yes=st.booleans())
    def answer(self, token: str, round_: Round, n: int, yes: bool) -> None:
        try:
            self.room.answer(token, round_, n, yes)
        except Refused:
            return
        assert self.room.phase == "open"
        assert round_ == self.room.round
        self.said[token].setdefault(round_, {})[n] = yes

    @rule(token=tokens, round_=st.text(max_size=5), forged=st.text(max_size=40))
    def forge(self, token: str, round_: str, forged: str) -> None:
        for who, what in ((forged, self.room.round), (token, round_)):
            if who not in self.said or what not in ROUNDS:
                with pytest.raises(Refused):
                    self.room.answer(who, what, 0, True)

    @rule(token=consumes(tokens))
    def leave(self, token: str) -> None:
        if self.said.pop(token, None) is None:
            with pytest.raises(Refused):
                self.room.leave(token)
        else:
            self.room.leave(token)

    @rule()
    def go_on(self) -> None:
        before = self.room.phase
        self.room.go_on()
        if before == "open":
            self.counted[self.room.round] = self.room.counted[self.room.round]
            assert self.room.counted[self.room.round].done == self.by_hand()

    @rule()
    def reopen(self) -> None:
        if self.room.phase == "closed":
            del self.counted[self.room.round]
        self.room.reopen()

    @rule(lock=st.booleans())
    def lock(self, lock: bool) -> None:
        self.room.locked = lock

    @rule()
    def again(self) -> None:
        self.room.again()
        self.counted.clear()
        self.said = {token: {} for token in self.said}

    def by_hand(self) -> tuple[int, ...]:
        """Count in how many municipalities all who are asked say yes, from what has been sent."""
        round_, found = self.room.round, [0] * PROJECTS
        seats = {self.room.seat(token).number: token for token in self.said}
        for place in {(number - 1) // 2 for number in seats}:
            for n in range(PROJECTS):
                yes = True
                for at, role in enumerate(GAME.roles):
                    asked = GAME.questions[round_, role][n]
                    token = seats.get(2 * place + at + 1)
                    if asked.asked and token is None:
                        yes &= asked.rule
                    elif asked.asked:
                        yes &= self.said[str(token)].get(round_, {}).get(n) is True
                found[n] += yes
        return tuple(found)

    @invariant()
    def every_answer_is_its_own_seats(self) -> None:
        assert {t: self.room.seat(t).answers for t in self.said} == self.said
        numbers = [seat.number for seat in self.room.seats]
        assert len(numbers) == len(set(numbers)) == len(self.said)

    @invariant()
    def what_is_counted_stays(self) -> None:
        assert self.room.counted == self.counted

    @invariant()
    def nothing_leaks_before_it_is_revealed(self) -> None:
        room = self.room
        hidden = {room.round} if room.phase in ("open", "closed") else set()
        assert not hidden & set(room.revealed())
        if room.phase != "revealed" and len(self.said) > 1:
            token, *others = self.said
            seat = room.seat(token)
            words = ParticipantWords(room, labels(GAME))
            with in_language("en"):
                before = json.dumps(words.of(seat))
                kept = {t: room.seat(t).answers for t in others}
                for t in others:  # whatever the others had said, the same is shown
                    room.seat(t).answers = {}
                assert json.dumps(words.of(seat)) == before
            for t, answers in kept.items():
                room.seat(t).answers = answers


TestAnyRoom = AnyRoom.TestCase
TestAnyRoom.settings = settings(max_examples=30, stateful_step_count=25, deadline=None)

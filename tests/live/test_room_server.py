"""What participants reach answers the page's own messages, and refuses everything else."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from helpers.silo_games import by_hand, labels

from sisim.live.http_guard import HttpGuard, names_of
from sisim.live.room import Room
from sisim.live.room_server import LARGEST, PAGE_POLICY, Allowance, ParticipantServer

GAME = by_hand()


class Client:
    """Somebody who asks the server of a room, without a network."""

    def __init__(self, server: ParticipantServer, address: str = "192.0.2.7") -> None:
        guarded = HttpGuard(server.app, names_of("0.0.0.0"), "en", PAGE_POLICY)
        transport = httpx.ASGITransport(guarded, client=(address, 5000))
        self._client = httpx.AsyncClient(transport=transport, base_url="http://localhost:8491")
        self.token = ""

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        import asyncio

        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= more.pop("headers", {})
        work = self._client.request(method, path, headers=headers, **more)
        with ThreadPoolExecutor(1) as pool:  # a browser may have left its loop running in this one
            return pool.submit(asyncio.run, work).result()

    def join(self, code: str) -> httpx.Response:
        found = self.ask("POST", "/join", json={"code": code})
        if found.is_success:
            self.token = found.json()["token"]
        return found

    def answer(self, round_: str, project: Any, yes: Any) -> httpx.Response:
        sent = {"round": round_, "project": project, "yes": yes}
        return self.ask("POST", "/answer", json=sent)

    def state(self, lang: str = "en") -> Any:
        return self.ask("GET", f"/state?lang={lang}").json()


@pytest.fixture
def now() -> list[float]:
    return [0.0]


@pytest.fixture
def room() -> Room:
    return Room(GAME)


@pytest.fixture
def enter(room: Room, now: list[float]) -> Iterator[Callable[..., Client]]:
    """Return what lets one more client in, from an address."""
    server = ParticipantServer(room, GAME, labels(GAME), "en", lambda: now[0])

    def come(address: str = "192.0.2.7", *, seated: bool = True) -> Client:
        client = Client(server, address)
        if seated:
            assert client.join(room.code).status_code == 200
        return client

    return come


def test_a_seat_is_told_its_own_questions_and_what_it_has_answered(
    room: Room, enter: Callable[..., Client]
) -> None:
    education, social = enter(), enter()
    assert education.state()["cards"] == []
    room.go_on()
    told = education.answer("alone", 1, True).json()
    assert [card["answer"] for card in told["cards"]] == [None, True, None, None]
    assert told["cards"][0]["lines"] == [
        ["You pay", "SEK\xa06.0m"],
        ["Your own costs fall by", "SEK\xa02.0m"],
    ]
    assert told["status"] == "3 projects left to answer."
    assert [card["asked"] for card in social.state()["cards"]] == [False] * 4
    assert "socialförvaltning" not in json.dumps(social.state("sv"))
    assert social.state("sv")["title"].startswith("Omgång 1 av 3")


def test_what_is_not_as_the_page_sends_it_is_refused_and_changes_nothing(
    room: Room, enter: Callable[..., Client]
) -> None:
    one, rude = enter(), enter()
    room.go_on()
    one.answer("alone", 0, True)
    before = {seat.number: dict(seat.answers) for seat in room.seats}
    messages: list[Any] = [
        {},
        [],
        {"round": "alone", "project": 0},
        {"round": "alone", "project": 0, "yes": "yes"},
        {"round": "alone", "project": 0, "yes": 1},
        {"round": "alone", "project": "0", "yes": True},
        {"round": "alone", "project": True, "yes": True},
        {"round": "alone", "project": -1, "yes": True},
        {"round": "alone", "project": 0, "yes": True, "seat": 1},
        {"round": "all", "project": 0, "yes": True},
    ]
    for message in messages:
        assert rude.ask("POST", "/answer", json=message).status_code == 400, message
    plain = {"Content-Type": "text/plain"}  # what a form of another site could send
    sent = json.dumps({"round": "alone", "project": 0, "yes": True})
    assert rude.ask("POST", "/answer", content=sent, headers=plain).status_code == 415
    kind = {"Content-Type": "application/json"}
    for content in (b"{", b"null", b'{"round": NaN}', b"\xff\xfe"):
        found = rude.ask("POST", "/answer", content=content, headers=kind)
        assert found.status_code == 400
    long = b" " * (LARGEST + 1)
    assert rude.ask("POST", "/answer", content=long, headers=kind).status_code == 413
    assert rude.answer("alone", 0, True).status_code == 422  # it is not asked
    assert rude.answer("fund", 0, True).status_code == 409
    assert rude.ask("POST", "/lead", json={"do": "go_on"}).status_code == 403
    assert {seat.number: dict(seat.answers) for seat in room.seats} == before
    assert room.phase == "open"


def test_a_forged_and_a_stale_token_are_refused(enter: Callable[..., Client]) -> None:
    one, other = enter(), enter()
    stale = one.token
    assert one.ask("POST", "/leave", json={}).status_code == 200
    for token in ("", "x", stale, stale[:-1], f"{other.token}x", other.token[:-1], "%00"):
        one.token = token
        assert one.ask("GET", "/state").status_code == 401
    basic = {"Authorization": f"Basic {other.token}"}
    assert one.ask("GET", "/state", headers=basic).status_code == 401
    assert other.ask("GET", "/state").status_code == 200


def test_codes_are_guessed_a_few_times_only_from_one_address(
    room: Room, now: list[float], enter: Callable[..., Client]
) -> None:
    guesser, honest = enter("192.0.2.66", seated=False), enter("192.0.2.8", seated=False)
    found = [guesser.join("AAAAAA").status_code for _ in range(12)]
    assert found == [403] * 10 + [429] * 2
    assert guesser.join(room.code).status_code == 429  # nor is the right one tried then
    assert honest.join(room.code).status_code == 200
    now[0] += 7
    assert guesser.join(room.code).status_code == 200


def test_a_seat_that_sends_without_end_is_held_back_and_the_others_are_not(
    room: Room, now: list[float], enter: Callable[..., Client]
) -> None:
    rude, other = enter(), enter()
    room.go_on()
    found = {rude.answer("alone", 0, True).status_code for _ in range(40)}
    assert found == {200, 429}
    assert other.ask("GET", "/state").status_code == 200
    # What is refused is not counted, and the next answer is taken as soon as one is allowed.
    assert rude.answer("alone", 0, False).status_code == 429
    assert room.seats[0].answers["alone"] == {0: True}
    now[0] += 0.21
    assert rude.answer("alone", 0, False).status_code == 200
    assert room.seats[0].answers["alone"] == {0: False}


def test_an_allowance_grows_back_and_no_further_than_it_was() -> None:
    now = [0.0]
    allowance = Allowance(2, 0.5, lambda: now[0])
    assert [allowance.take("a") for _ in range(3)] == [True, True, False]
    assert allowance.take("b")
    now[0] = 2
    assert [allowance.take("a") for _ in range(2)] == [True, False]
    now[0] = 1e9
    assert allowance.left("a") == 2


def test_the_page_has_no_script_but_its_own_and_nothing_else_is_there(
    enter: Callable[..., Client],
) -> None:
    client = enter(seated=False)
    for lang, said in (("sv", "Skriv koden"), ("en", "Write the code"), ("xx", "Write the code")):
        found = client.ask("GET", f"/?lang={lang}")
        assert said in found.text
        assert re.findall(r"<script[^>]*src=\"([^\"]*)\"", found.text) == ["/room.js"]
        policy = found.headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
    for path in ("/room", "/speaker/x", "/sisim/page.js", "/room.html", "/../app.py", "/docs"):
        assert client.ask("GET", path).status_code == 404
    for path in ("/join", "/answer", "/leave", "/lead"):
        assert client.ask("GET", path).status_code == 405
    for wrong in ({"Host": "evil.example"}, {"Origin": "https://evil.example"}):
        assert client.ask("GET", "/", headers=wrong).status_code in (403, 421)


def test_one_person_alone_plays_against_the_decision_rule() -> None:
    client = Client(ParticipantServer(None, GAME, labels(GAME), "en"))
    assert client.join("").status_code == 200

    def lead(what: str) -> Any:
        return client.ask("POST", "/lead", json={"do": what}).json()

    assert lead("go_on")["phase"] == "open"
    for n in range(4):
        client.answer("alone", n, n == 0)  # the one that the rule would not have done
    told = lead("go_on")
    assert told["phase"] == "revealed"
    assert [done for _, done in told["results"][0]["projects"]] == ["done"] + ["not done"] * 3
    other = lead("other")["token"]
    assert client.ask("GET", "/state").status_code == 401
    client.token = other
    assert client.state()["role"] == "Social (en)"
    assert lead("go_on")["status"].startswith("In this round you are not asked")
    told = lead("go_on")
    assert [done for _, done in told["results"][0]["projects"]].count("done") == 1

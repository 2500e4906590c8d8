"""A room of forty: the teacher's screen and two phones in browsers, and the others by sockets."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from time import sleep
from typing import Any

import httpx
import pytest
from helpers.accessibility import barriers
from helpers.visitors import Server, Visitor, serving
from helpers.words import READ, leaks, slips

PEOPLE = 40
TOO_OFTEN = 429
PATIENCE = 120
"""Seconds after which a server that does not answer is taken for dead, on any machine."""
PHONE = (390, 844)
CODE = "() => document.getElementById('code')?.textContent"
Enter = Callable[..., tuple[Visitor, list[Visitor]]]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Return a server of a room, with few people, that this computer alone reaches."""
    few = ("--set", "population.cohort=300", "--set", "replications=2", "--host", "127.0.0.1")
    with serving("--room", *few) as found:
        yield found


@pytest.fixture(scope="module")
def participants(server: Server) -> str:
    """Return the address that participants are told."""
    told = re.search(r"Participants join at (\S+) with", server.said())
    assert told is not None
    return told[1]


@pytest.fixture
def enter(chromium: Any, server: Server, participants: str) -> Iterator[Enter]:
    """Return what opens the teacher's screen of a new game, and phones that have not joined."""
    there: list[Visitor] = []

    def opened(address: str, query: str, **more: Any) -> Visitor:
        there.append(Visitor(chromium, address, query, rests=False, **more))
        there[-1].page.set_default_timeout(1000 * PATIENCE)
        return there[-1]

    def enter(*langs: str, **more: Any) -> tuple[Visitor, list[Visitor]]:
        teacher = opened(server.address, f"room?lang={langs[0]}", wait="#clear", **more)
        before = teacher.page.evaluate(f"({CODE})()")
        teacher.page.click("#clear")
        teacher.page.wait_for_function(f"was => ![undefined, was].includes(({CODE})())", arg=before)
        code = teacher.text("#code")
        where = [f"?lang={lang}#{code}" for lang in langs[1:]]
        return teacher, [opened(participants, one, size=PHONE, wait="#door") for one in where]

    yield enter
    for someone in there:
        someone.leave()
    assert "Traceback" not in server.said()


class Participant:
    """Somebody who plays by sockets, without a browser."""

    def __init__(self, address: str, code: str) -> None:
        self.client = httpx.Client(base_url=address, timeout=PATIENCE)
        self.join(code)

    def ask(self, path: str, message: object = None) -> httpx.Response:
        """Ask for something, and again in a moment where that was too often."""
        while True:
            if message is None:
                found = self.client.get(path)
            else:
                found = self.client.post(path, json=message)
            if found.status_code != TOO_OFTEN:
                return found
            sleep(0.2)

    def join(self, code: str) -> None:
        joined = self.ask("/join", {"code": code})
        assert joined.status_code == 200, joined.text
        self.client.headers["Authorization"] = f"Bearer {joined.json()['token']}"

    @property
    def state(self) -> Any:
        return self.ask("/state").json()

    def say(self, round_: str, project: int, yes: bool) -> int:
        sent = {"round": round_, "project": project, "yes": yes}
        return self.ask("/answer", sent).status_code

    def answer(self) -> None:
        """Say yes or no to whatever is asked."""
        told = self.state
        seat = int(re.findall(r"\d+", told["seat"])[0])
        for card in told["cards"]:
            if card["asked"]:
                yes = (seat + card["project"]) % 3 > 0
                assert self.say(told["round"], card["project"], yes) == 200

    def be_rude(self, others: list[str]) -> None:
        """Vote over and over, in others' names and in other rounds, and send what is no message."""
        round_ = self.state["round"]
        for number in range(6):
            sent = {"round": round_, "project": number % 3, "yes": bool(number % 2)}
            assert self.client.post("/answer", json=sent).status_code in (200, 422, TOO_OFTEN)
        for token in (*others, "x" * 32):
            forged = {"Authorization": f"Bearer {token}"}
            sent = {"round": round_, "project": 0, "yes": True}
            found = self.client.post("/answer", json=sent, headers=forged)
            assert found.status_code in (401, TOO_OFTEN)
        for content in (b"", b'{"do":"go_on"}', b"x" * 5000):
            kind = {"Content-Type": "application/json"}
            for path in ("/answer", "/join", "/lead"):
                assert self.client.post(path, content=content, headers=kind).status_code >= 400

    def leave(self) -> None:
        assert self.ask("/leave", {}).status_code == 200


SCREEN = (1920, 1080)
LOOKS = "(cells) => cells.map((one) => [getComputedStyle(one).textAlign, one.clientHeight])"
OUTSIDE = """() => {
    const chart = document.getElementById("chart-rounds");
    const { left } = chart.getBoundingClientRect();
    return [...chart.querySelectorAll("text")]
        .filter((one) => one.getBoundingClientRect().left < left).map((one) => one.textContent);
}"""


@pytest.mark.parametrize(("lang", "nobody"), [("sv", "Ingen har gått"), ("en", "Nobody has")])
def test_the_screen_is_whole_before_anyone_has_joined(enter: Enter, lang: str, nobody: str) -> None:
    teacher, _ = enter(lang, size=SCREEN)
    page = teacher.page
    assert teacher.text("#count").startswith(nobody)
    page.click("#go-on")
    page.wait_for_selector("#round")
    assert not re.search(r"\d", teacher.text("#count"))
    looks = page.locator(".offered tbody tr").first.locator("th, td").evaluate_all(LOOKS)
    assert [align for align, _ in looks] == ["left", "left", "right"]
    # It is read from the last row of the room.
    assert page.locator(".offered tbody").evaluate("one => one.clientHeight") > SCREEN[1] / 6
    for _ in range(2):
        before = page.inner_text("#go-on")
        page.click("#go-on")
        page.wait_for_function(
            "was => document.getElementById('go-on').innerText !== was", arg=before
        )
    page.wait_for_selector("#chart-rounds svg")
    page.wait_for_function(f"() => ({OUTSIDE})().length === 0")


def test_forty_play_and_two_of_them_are_rude(enter: Enter, participants: str) -> None:
    teacher, phones = enter("sv", "sv", "en")
    code = teacher.text("#code")
    for phone in phones:
        phone.page.click("#join")
        phone.page.wait_for_selector("#role:not(:empty)")
    with ThreadPoolExecutor(8) as pool:
        them = list(pool.map(lambda _: Participant(participants, code), range(PEOPLE - 2)))
        *honest, rude, leaver = them
        teacher.page.wait_for_selector("#count:has-text('40 är med')")
        assert leaks(str(teacher.page.evaluate(READ))) == {}
        assert barriers(teacher.page) == []
        for number in range(3):
            teacher.page.click("#go-on")
            teacher.page.wait_for_selector(f"#round:has-text('{number + 1} av')")
            for phone in phones:
                phone.page.wait_for_selector(f"#title:text-matches('{number + 1} (av|of)')")
            # Nothing of this round is seen before it is revealed.
            before = honest[0].state
            assert len(before["results"]) == number
            list(pool.map(Participant.answer, honest))
            leaver.answer()
            numbers = [str(n) for n in range(1, PEOPLE + 1)]
            rude.be_rude(numbers if number == 0 else numbers[:2])
            if number == 1:
                leaver.leave()  # in the middle, and comes again
                assert leaver.ask("/state").status_code == 401
                leaver.join(code)
                leaver.answer()
            rude.answer()  # the last word counts, once
            if number == 0:
                assert [barriers(one.page) for one in (teacher, *phones)] == [[], [], []]
            for phone in phones:
                answer(phone)
            teacher.page.wait_for_selector(f"#count:has-text('{asked(them, phones)}')")
            assert honest[0].state["results"] == before["results"]
            teacher.page.click("#go-on")
            teacher.page.wait_for_selector("#reopen")
            assert honest[0].say(before["round"], 0, True) == 409
            assert honest[0].state["results"] == before["results"]
            teacher.page.click("#go-on")
            teacher.page.wait_for_selector("#chart-rounds svg")
            shown = teacher.page.locator("#projects tbody td:nth-child(2)").all_inner_texts()
            same_sums(shown, them, phones)
            assert set(range(PEOPLE)) >= {int(one.split()[1]) for one in shown}
    for someone in (teacher, phones[0]):
        said = str(someone.page.evaluate(READ))
        assert leaks(said) == {}
        assert slips(said) == {}
        assert barriers(someone.page) == []


def test_a_key_that_is_down_when_an_answer_is_taken_is_not_lost(enter: Enter) -> None:
    """Who answers quickly is on the next card when the room has taken the one before."""
    page, held = asked_alone(enter).page, list[Any]()
    first, second = page.locator("fieldset:has(input) input:first-of-type").all()[:2]
    page.route("**/answer*", lambda route: held.append(route))
    first.press("Space")
    page.wait_for_timeout(200)
    second.focus()
    page.keyboard.down("Space")
    with page.expect_response("**/answer*"):
        held[0].continue_()
    page.wait_for_timeout(300)
    page.keyboard.up("Space")
    page.wait_for_function("() => document.querySelectorAll('fieldset input:checked').length === 2")
    with page.expect_response("**/answer*"):
        held[1].continue_()


def test_an_answer_that_is_lost_on_the_way_is_sent_again(enter: Enter) -> None:
    phone, tried = asked_alone(enter), list[Any]()
    page = phone.page

    def lose(route: Any) -> None:
        tried.append(route.request.post_data_json)
        if len(tried) == 1:
            route.fulfill(status=429, json={"error": "too often"})
        else:
            route.continue_()

    page.route("**/answer*", lose)
    left = page.inner_text("#status")
    page.locator("fieldset:has(input) input").first.press("Space")
    page.wait_for_function(
        "left => document.getElementById('status').textContent !== left", arg=left
    )
    assert tried == [tried[0]] * 2
    assert page.locator("fieldset input:checked").count() == 1
    assert page.inner_text("#trouble") == ""
    phone.errors.clear()  # the browser has told of the refusal


def test_a_press_is_not_lost_while_somebody_joins(enter: Enter) -> None:
    """Neither is the place of the keyboard: what leads the room stays."""
    teacher, [phone] = enter("en", "en")
    before = teacher.text("main")
    teacher.page.focus("#go-on")
    teacher.page.hover("#go-on")
    teacher.page.mouse.down()
    phone.page.click("#join")
    teacher.page.wait_for_function(
        "was => document.querySelector('main').innerText.trim() !== was", arg=before.strip()
    )
    assert teacher.page.evaluate("document.activeElement.id") == "go-on"
    teacher.page.mouse.up()
    phone.page.wait_for_selector("fieldset input:enabled")


def asked_alone(enter: Enter) -> Visitor:
    """Return somebody who is alone in a room and is asked."""
    teacher, [phone] = enter("en", "en")
    phone.page.click("#join")
    phone.page.wait_for_selector("#role:not(:empty)")
    teacher.page.click("#go-on")
    phone.page.wait_for_selector("fieldset input:enabled")
    return phone


def answer(phone: Visitor) -> None:
    """Answer by the keyboard whatever a phone is asked."""
    phone.come_forward()
    for box in phone.page.locator("fieldset:has(input)").all():
        box.locator("input").first.focus()
        phone.page.keyboard.press("Space")
    phone.page.wait_for_function(
        "() => [...document.querySelectorAll('fieldset:has(input)')]"
        ".every((one) => one.querySelector('input:checked'))"
    )


def asked(them: list[Participant], phones: list[Visitor]) -> str:
    """Return what the screen says when all who are asked have answered."""
    n = sum(any(card["asked"] for card in one.state["cards"]) for one in them)
    n += sum(phone.page.locator("fieldset input").count() > 0 for phone in phones)
    return f"{n} av de {n} som tillfrågas har svarat"


def same_sums(shown: list[str], them: list[Participant], phones: list[Visitor]) -> None:
    """Check that all are told what the screen shows, and nothing of who has said what."""
    numbers = [re.findall(r"\d+", one) for one in shown]
    for one in them:
        told = one.state["results"][0]["projects"]
        assert [re.findall(r"\d+", text) for _, text in told] == numbers
    rounds = len(them[0].state["results"])
    for phone in phones:
        phone.come_forward()
        # A phone asks for what is new now and then: what it shows may be of the round before.
        phone.page.wait_for_function(
            "n => document.querySelectorAll('#results section').length === n", arg=rounds
        )
        seen = phone.page.locator("#results section:first-of-type .done dd").all_inner_texts()
        assert [re.findall(r"\d+", text) for text in seen] == numbers


def test_the_teachers_screen_is_not_where_participants_are(participants: str) -> None:
    for path in ("room", "sisim/page.js", "_nicegui_ws/socket.io/?EIO=4&transport=polling"):
        assert httpx.get(participants + path).status_code == 404

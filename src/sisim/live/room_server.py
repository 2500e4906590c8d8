"""What the participants of a room reach: one small page, and four things that it may ask.

It is an application of its own, at an address of its own: nothing of the teacher's page is there.
A request carries its seat's token in a header, never in a cookie, so that no other site can ask in
somebody's name. What is not exactly as the page sends it is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path
from string import Template
from time import monotonic
from typing import Any, Literal, TypeVar

from cachetools import LRUCache
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, ValidationError
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from sisim.economics.silo_rounds import SiloRounds
from sisim.i18n import LANGUAGES, Lang, in_currency, in_language, t
from sisim.live.room import Refused, Room, Why
from sisim.live.room_words import Labels, ParticipantWords, privacy, refusal

LARGEST = 1000
"""Bytes of the largest message."""
STATUS: dict[Why, int] = {
    "code": 403,
    "locked": 403,
    "full": 403,
    "seat": 401,
    "round": 409,
    "closed": 409,
    "question": 422,
}
STATIC = Path(__file__).with_name("static")
PAGE_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "data:",
    "connect-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
"""Content security policy of the participants' page: its own script and nothing else."""


class Allowance:
    """So many at once, and so many a second, for everybody by name.

    Args:
        burst: So many at once.
        rate: So many a second after that.
        clock: Tells the time in seconds.
    """

    def __init__(self, burst: float, rate: float, clock: Callable[[], float] = monotonic) -> None:
        self._burst, self._rate, self._clock = burst, rate, clock
        self._left: LRUCache[str, tuple[float, float]] = LRUCache(5000)

    def left(self, name: str) -> float:
        """Return how many are left to somebody."""
        now = self._clock()
        left, then = self._left.get(name, (self._burst, now))
        return min(left + (now - then) * self._rate, self._burst)

    def take(self, name: str) -> bool:
        """Take one; return whether there was one left."""
        left = self.left(name)
        taken = left >= 1
        self._left[name] = (left - taken, self._clock())
        return taken


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


M = TypeVar("M", bound=_Message)


class _Join(_Message):
    code: str = Field(max_length=20)


class _AnswerMessage(_Message):
    round: Literal["alone", "fund", "repaid"]
    project: StrictInt = Field(ge=0, le=1000)
    yes: StrictBool


class _Lead(_Message):
    do: Literal["go_on", "again", "other"]


class _WrongError(Exception):
    """A request that is not as the page sends it."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class ParticipantServer:
    """Answers participants of a room, or one person who plays alone.

    Args:
        room: The room; None: everybody who comes plays alone, in a room of their own.
        game: What is played.
        texts: What projects and administrations are called.
        lang: The language where none is asked for.
        clock: Tells the time in seconds.
    """

    def __init__(
        self,
        room: Room | None,
        game: SiloRounds,
        texts: Labels,
        lang: Lang,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._room, self._game, self._texts, self._lang = room, game, texts, lang
        self._own: LRUCache[str, Room] = LRUCache(200)
        self._wrong = Allowance(10, 1 / 6, clock)  # codes that are not the room's
        self._sent = Allowance(30, 5, clock)  # by a seat
        self._asked = Allowance(600, 100, clock)  # by an address: a whole class may be behind one
        self.app = Starlette(
            routes=[
                Route("/", self._page),
                Route("/room.css", self._file),
                Route("/room.js", self._file),
                Route("/state", self._handled(self._state)),
                Route("/join", self._handled(self._join), methods=["POST"]),
                Route("/answer", self._handled(self._answer), methods=["POST"]),
                Route("/leave", self._handled(self._leave), methods=["POST"]),
                Route("/lead", self._handled(self._lead), methods=["POST"]),
            ],
        )

    # ------------------------------------------------------------------------ what is asked

    async def _join(self, request: Request) -> Any:
        message = await _read(request, _Join)
        if self._room is None:
            return {"token": self._alone(0)}
        address = _address(request)
        if self._wrong.left(address) < 1:
            raise _WrongError(429)
        try:
            return {"token": self._room.join(message.code)}
        except Refused as error:
            if error.why == "code":
                self._wrong.take(address)
            raise

    async def _state(self, request: Request) -> Any:
        return self._shown(*self._seated(request))

    def _shown(self, token: str, room: Room) -> Any:
        """Return all that a seat is shown."""
        alone = self._room is None
        return ParticipantWords(room, self._texts, alone=alone).of(room.seat(token))

    async def _answer(self, request: Request) -> Any:
        token, room = self._seated(request)
        message = await _read(request, _AnswerMessage)
        room.answer(token, message.round, message.project, message.yes)
        return self._shown(token, room)

    async def _leave(self, request: Request) -> Any:
        token, room = self._seated(request)
        room.leave(token)
        self._own.pop(token, None)
        return {}

    async def _lead(self, request: Request) -> Any:
        """Go on in a room of one's own; nobody leads a room of others from here."""
        token, room = self._seated(request)
        message = await _read(request, _Lead)
        if self._room is not None:
            raise _WrongError(403)
        if message.do == "again":
            room.again()
        elif message.do == "go_on":
            room.go_on()
            if room.phase == "closed":
                room.go_on()
        else:
            role = self._game.roles.index(room.seat(token).role)
            del self._own[token]
            return {"token": self._alone((role + 1) % len(self._game.roles))}
        return self._shown(token, room)

    def _alone(self, role: int) -> str:
        """Return the token of a seat in a room of its own, as one of the roles."""
        room = Room(self._game, most=len(self._game.roles))
        tokens = [room.join(room.code) for _ in range(role + 1)]
        for token in tokens[:-1]:
            room.leave(token)
        self._own[tokens[-1]] = room
        return tokens[-1]

    # ------------------------------------------------------------------------ how it is asked

    def _seated(self, request: Request) -> tuple[str, Room]:
        """Return the token that a request carries, and the room that it is of."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        room = self._own.get(token) if self._room is None else self._room
        if kind != "Bearer" or room is None:
            raise Refused("seat")
        room.seat(token)
        if not self._sent.take(token):
            raise _WrongError(429)
        return token, room

    def _handled(self, answer: Callable[[Request], Any]) -> Callable[[Request], Any]:
        """Return an endpoint that says in the reader's language what is refused."""

        async def endpoint(request: Request) -> Response:
            with in_language(self._language(request)), in_currency(self._texts.currency):
                try:
                    if not self._asked.take(_address(request)):
                        raise _WrongError(429)
                    found, status = await answer(request), 200
                except Refused as error:
                    found, status = {"error": refusal(error.why)}, STATUS[error.why]
                except _WrongError as error:
                    found, status = {"error": _wrong(error.status)}, error.status
            return JSONResponse(found, status, headers={"Cache-Control": "no-store"})

        return endpoint

    def _language(self, request: Request) -> Lang:
        asked = request.query_params.get("lang")
        return next((one for one in LANGUAGES if one == asked), self._lang)

    async def _page(self, request: Request) -> Response:
        lang = self._language(request)
        with in_language(lang):
            html = page(lang, alone=self._room is None)
        return HTMLResponse(html, headers={"Cache-Control": "no-store"})

    async def _file(self, request: Request) -> Response:
        return FileResponse(STATIC / request.url.path.removeprefix("/"))


async def _read(request: Request, kind: type[M]) -> M:
    """Return the message of a request, which is small, JSON, and as the page sends it."""
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise _WrongError(415)
    body = b""
    try:
        async for part in request.stream():
            body += part
            if len(body) > LARGEST:
                raise _WrongError(413)
    except ClientDisconnect as error:
        raise _WrongError(400) from error
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        raise _WrongError(400) from error


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _wrong(status: int) -> str:
    if status == 429:
        return t("That was too often. Wait a moment, and try again.")
    return t("The page has sent something that cannot be read. Load it again.")


def page(lang: Lang, *, alone: bool) -> str:
    """Return the participants' page, in the language that is current."""
    texts = {
        "lang": lang,
        "alone": "yes" if alone else "",
        "title": t("The silo game"),
        "intro": t("Write the code that stands on the teacher's screen."),
        "code": t("Code"),
        "join": t("Join"),
        "leave": t("Leave"),
        "other": t("Another administration"),
        "yes": t("Yes, invest"),
        "no": t("No"),
        "lost": t("The connection is lost. Trying again …"),
        "left": t("You have left the room."),
        "results": t("What came of it"),
        "privacy": privacy(),
        "to": next(one for one in LANGUAGES if one != lang),
        "language": "English" if lang == "sv" else "Svenska",
        "script": t("The page needs JavaScript."),
    }
    html = (STATIC / "room.html").read_text(encoding="utf-8")
    return Template(html).substitute({name: escape(text) for name, text in texts.items()})

"""The teacher's screen of a room: who has joined, who has answered, what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import segno
from nicegui import ui

from sisim.economics.silo_rounds import ROUNDS, Outcome, Round
from sisim.i18n import LANGUAGES, Lang, in_language, n_, t
from sisim.live.chart_options import Look, Option
from sisim.live.room import CountedRound, Room, Seat
from sisim.live.room_words import (
    Labels,
    common_unit,
    decision_rule,
    done_in,
    privacy,
    round_terms,
    round_title,
)
from sisim.live.tags import ChartElement, Tag, at_once, button, icon, toggle
from sisim.live.visitor_context import in_page, set_reader
from sisim.report.chart.chart import Chart
from sisim.report.chart.echarts_painter import whole
from sisim.report.formats import money, spread
from sisim.report.silo_rounds_chart import RoundRow, rounds_chart

EVERY = 0.7
"""Seconds between looks at what has changed in the room."""
WIDE, AROUND = 800.0, 300.0
"""How wide the picture is, and what stands above and below it, at the width of 1280."""


class RoomView:
    """Shows a room, and leads it.

    Args:
        room: The room.
        texts: What projects and administrations are called.
        addresses: Where participants reach it, the likeliest first.
        lang: The language that it begins in.
        query: The query of the address: `lang`, and `dark`.
    """

    def __init__(
        self, room: Room, texts: Labels, addresses: list[str], lang: Lang, query: dict[str, str]
    ) -> None:
        self._room, self._texts, self._addresses = room, texts, addresses
        self._lang: Lang = next((one for one in LANGUAGES if one == query.get("lang")), lang)
        self._look = Look(dark=query.get("dark") == "1")
        self._seen: Any = None
        set_reader(lambda: self._lang, lambda: texts.currency)
        ui.on("size", in_page(lambda event: self._sized(event.args)))
        ui.on("key", in_page(lambda event: self._key(event.args)))
        self._led: Any = None
        with Tag("div", css="page room"):
            self._top = Tag("header", css="top")
            self._main = Tag("main", css="view")
            self._bottom = Tag("footer", css="bottom")
        in_page(self._build)()
        ui.timer(EVERY, in_page(self.follow))
        ui.run_javascript("sisim.size()")

    # ------------------------------------------------------------------------ what happens

    def follow(self) -> None:
        """Show what has changed since the last time."""
        if self._state() != self._seen:
            self._build()

    def _state(self) -> Any:
        """Return all that is shown, so that nothing is written anew in vain."""
        room = self._room
        seats = [(one.number, room.answered(one), room.away(one)) for one in room.seats]
        shown = room.phase, room.number, room.code, room.locked, tuple(room.revealed())
        return shown, seats, self._lang, self._look

    def _sized(self, told: Any) -> None:
        match told:
            case [int() | float() as wide, int() | float() as tall, *_]:
                self._look = Look(self._look.dark, scale=float(wide), tall=float(tall))
                self.follow()

    def _key(self, name: Any) -> None:
        does: dict[str, Callable[[], Any]] = {
            "next": self._room.go_on,
            "dark": self._darken,
            "language": self._translate,
        }
        if isinstance(name, str) and name in does:
            self._do(does[name])

    def _do(self, work: Callable[[], Any]) -> None:
        work()
        self.follow()

    def _darken(self) -> None:
        look = self._look
        self._look = Look(not look.dark, scale=look.scale, tall=look.tall)

    def _translate(self) -> None:
        self._lang = next(one for one in LANGUAGES if one != self._lang)

    def _lock(self) -> None:
        self._room.locked = not self._room.locked

    # ------------------------------------------------------------------------ what is shown

    def _build(self) -> None:
        self._seen = self._state()
        ui.run_javascript(f"sisim.dress({self._lang!r}, {str(self._look.dark).lower()})")
        with in_language(self._lang):  # it may just have become another
            self._write()

    def _write(self) -> None:
        room = self._room
        # What leads the room stays while people join and answer: a click meanwhile is not lost.
        led = room.phase, room.number, room.locked, self._lang, self._look.dark
        if led != self._led:
            self._led = led
            self._top.clear()
            with self._top:
                self._header()
        self._main.clear()
        with self._main:
            if room.phase == "lobby":
                self._lobby()
            elif room.phase == "revealed":
                self._revealed()
            else:
                self._round()
        self._bottom.clear()
        with self._bottom:
            self._footer()

    def _header(self) -> None:
        room = self._room
        Tag("h1", t("The silo game"))
        with Tag("div", css="group", role="group", aria_label=t("Lead the room")):
            for name, text, work in self._leads():
                first = name == "go-on"
                button(text, self._doing(work), "call" if first else "", id=name)
        Tag("span", css="space")
        with Tag("div", css="group", role="group", aria_label=t("The room")):
            locked = t("Nobody more may join")
            toggle(locked, room.locked, self._doing(self._lock), id="lock")
            button(t("New code"), self._doing(room.new_code), id="new-code")
            button(t("Empty the room"), self._doing(room.clear), id="clear")
        with Tag("div", css="group", role="group", aria_label=t("The page")):
            dark = self._look.dark
            icon(
                "light_mode" if dark else "dark_mode",
                t("Light") if dark else t("Dark"),
                self._doing(self._darken),
                "dark",
            )
            full = t("Full screen")
            at_once("fullscreen", "sisim.full()", "icon", aria_label=full, title=full)
            other = next(one for one in LANGUAGES if one != self._lang)
            name = "Svenska" if other == "sv" else "English"
            translate = self._doing(self._translate)
            button(f"{self._lang} → {other}", translate, id="language", aria_label=name)

    def _doing(self, work: Callable[[], Any]) -> Callable[[], None]:
        return lambda: self._do(work)

    def _leads(self) -> list[tuple[str, str, Callable[[], Any]]]:
        """Return what the teacher can do now: its name, its text, and what it does."""
        room = self._room
        again = ("again", t("Begin anew"), room.again)
        match room.phase:
            case "lobby":
                return [("go-on", t("Begin round 1"), room.go_on)]
            case "open":
                return [("go-on", t("Close the round"), room.go_on), again]
            case "closed":
                reopen = ("reopen", t("Open it again"), room.reopen)
                return [("go-on", t("Reveal"), room.go_on), reopen, again]
        if room.last:
            return [again]
        n = str(room.number + 2)
        return [("go-on", t("Begin round {n}", n=n), room.go_on), again]

    def _lobby(self) -> None:
        with Tag("div", css="join"):
            url = f"{self._addresses[0]}#{self._room.code}"
            drawn = segno.make(url, error="m").svg_data_uri(border=3, light="#fff", dark="#000")
            Tag("img", css="qr", src=drawn, alt=t("The address and the code as a QR code"))
            with Tag("div"):
                Tag("p", t("Join from a phone or a laptop on the same network:"))
                Tag("p", _bare(self._addresses[0]), "address", id="address")
                Tag("p", t("Code"))
                Tag("p", self._room.code, "code", id="code")
                if len(self._addresses) > 1:
                    others = ", ".join(_bare(one) for one in self._addresses[1:])
                    Tag("p", t("Or, if that is not reached: {others}", others=others), "muted")
        self._seats()

    def _round(self) -> None:
        room = self._room
        n, of, title = str(room.number + 1), str(len(ROUNDS)), round_title(room.round)
        Tag("h2", t("Round {n} of {of}: {title}", n=n, of=of, title=title), "round", id="round")
        Tag("p", round_terms(room.round), "terms")
        if room.phase == "closed":
            Tag("p", t("The round is closed, and can be revealed."), "terms", role="status")
        # First: however many have joined, what they decide on is not pushed off the screen.
        self._projects()
        self._seats()

    def _projects(self) -> None:
        """Show what the round is about: what everybody may know before it is revealed."""
        game, unit = self._room.game, common_unit(self._room.game)
        with Tag("table", css="plan offered"):
            with Tag("thead"), Tag("tr"):
                Tag("th", t("Project"), scope="col")
                Tag("th", t("Delivered by"), "words", scope="col")
                Tag("th", t("Costs"), scope="col")
            with Tag("tbody"):
                for n, name in enumerate(game.projects):
                    with Tag("tr"):
                        Tag("th", self._texts.projects[name].text, scope="row")
                        delivers = self._texts.administrations[game.delivers[n]].text
                        Tag("td", delivers, "words")
                        Tag("td", money(game.costs[n], unit))

    def _seats(self) -> None:
        """Show every seat by its number and administration, and whether it has answered."""
        room = self._room
        Tag("p", self._count(), "count", role="status", id="count")
        for role in room.game.roles:
            own = [seat for seat in room.seats if seat.role == role]
            with Tag("div", css="seats"):
                Tag("p", self._texts.administrations[role].text, "who")
                with Tag("ul"):
                    for seat in own:
                        self._seat(seat)

    def _count(self) -> str:
        """Return how many have joined, and how many of those who are asked have answered."""
        room = self._room
        if not room.seats:
            return t("Nobody has joined yet.")
        joined = n_("{n} has joined.", "{n} have joined.", len(room.seats))
        if room.phase == "lobby":
            return joined
        asked = [seat for seat in room.seats if room.asked(seat)]
        answered = sum(room.answered(seat) for seat in asked)
        match len(asked):
            case 0:
                told = t("Nobody who has joined is asked in this round.")
            case 1 if answered:
                told = t("The one who is asked has answered.")
            case 1:
                told = t("The one who is asked has not answered yet.")
            case many:
                told = t(
                    "{answered} of the {asked} who are asked have answered.",
                    answered=str(answered),
                    asked=str(many),
                )
        return f"{joined} {told}"

    def _seat(self, seat: Seat) -> None:
        room = self._room
        css, sign, said = "seat", "", t("has not answered")
        if room.phase == "lobby":
            said = t("has joined")
        elif not room.asked(seat):
            css, sign, said = "seat idle", "–", t("is not asked")
        elif room.answered(seat):
            css, sign, said = "seat answered", "✓", t("has answered")
        if room.away(seat):
            css, said = f"{css} away", t("{said}, and is not heard of", said=said)
        label = t("Seat {seat} {said}", seat=str(seat.number), said=said)
        with Tag("li", css=css, title=label):
            Tag("span", f"{seat.number} {sign}".strip(), aria_hidden="true")
            Tag("span", label, "sr-only")

    def _revealed(self) -> None:
        room = self._room
        counted = room.counted[room.round]
        n, title = str(room.number + 1), round_title(room.round)
        Tag("h2", t("Round {n}: {title}", n=n, title=title), "round", id="round")
        with Tag("div", css="came"):
            chart = self._chart()
            with Tag("section", css="picture"):
                Tag("h3", chart.title)
                Tag("p", chart.subtitle, "muted")
                option = self._picture()
                ChartElement(option, "chart-rounds", self._sentence(counted))
            with Tag("section", css="tables"):
                self._table(counted)
                Tag("p", self._sentence(counted), "verdict", id="verdict")
                if counted.by_rule:
                    told = n_(
                        "{n} empty seat answered by the decision rule.",
                        "{n} empty seats answered by the decision rule.",
                        counted.by_rule,
                    )
                    Tag("p", told, "muted")

    def _chart(self) -> Chart:
        return rounds_chart(self._rows(), self._best(), common_unit(self._room.game))

    def _picture(self) -> Option:
        return whole(self._chart(), (WIDE, max(self._look.tall - AROUND, 300.0)), self._look.style)

    def _best(self) -> float:
        return sum(max(value, 0.0) for value in self._room.game.values)

    def _rows(self) -> list[RoundRow]:
        """Return a bar for the room and one for the rule in each round, and what more could be."""
        game, seen = self._room.game, self._room.revealed()
        rows = []
        for name in ROUNDS:
            found = seen.get(name)
            rule = game.outcome([float(yes) for yes in game.by_rule[name]])
            title = round_title(name)
            rows.append(RoundRow(title, t("the room"), found.outcome if found else None, True))
            rows.append(RoundRow(t("by the decision rule"), "", rule if found else None, False))
        if self._room.last:
            rule = game.outcome([float(yes) for yes in game.wider["all"]])
            rows.append(RoundRow(t("All purses together"), t("by the decision rule"), rule, False))
        return rows

    def _table(self, counted: CountedRound) -> None:
        room, unit = self._room, common_unit(self._room.game)
        game, rule = room.game, room.game.by_rule[room.round]
        with Tag("table", css="plan", id="projects"):
            with Tag("thead"), Tag("tr"):
                Tag("th", t("Project"), scope="col")
                for text in (t("Done"), t("The rule")):
                    Tag("th", text, "words", scope="col")
                for text in (t("Costs"), t("Worth to all")):
                    Tag("th", text, scope="col")
            with Tag("tbody"):
                for n, name in enumerate(game.projects):
                    with Tag("tr"):
                        Tag("th", self._texts.projects[name].text, scope="row")
                        Tag("td", done_in(counted.done[n], counted.places), "words")
                        Tag("td", t("yes") if rule[n] else t("no"), "words")
                        Tag("td", money(game.costs[n], unit))
                        with Tag("td", money(game.values[n], unit)):
                            low, high = (end / unit.size for end in game.ranges[n])
                            Tag("span", spread(low, high, unit.digits), "spread")

    def _sentence(self, counted: CountedRound) -> str:
        """Say what came of the round in a sentence or two."""
        game, unit = self._room.game, common_unit(self._room.game)
        rule = game.outcome([float(yes) for yes in game.by_rule[self._room.round]])
        return (
            t(
                "Per municipality the room did what is worth {done} to all, and left {undone} "
                "undone; by the decision rule {rule} and {left}.",
                done=money(counted.outcome.value, unit),
                undone=money(counted.outcome.undone, unit),
                rule=money(rule.value, unit),
                left=money(rule.undone, unit),
            )
            + " "
            + self._fund(self._room.round, counted.outcome)
        )

    def _fund(self, name: Round, outcome: Outcome) -> str:
        spent = money(outcome.spent, common_unit(self._room.game))
        match name:
            case "alone":
                return t("No fund has paid anything.")
            case "fund":
                return t("The fund has paid {spent}, and has it no more.", spent=spent)
            case _:
                return t("The fund has paid {spent}, and is repaid all of it.", spent=spent)

    def _footer(self) -> None:
        room = self._room
        with Tag("div", css="foot"):
            if room.phase == "lobby":
                Tag("p", privacy())
                return
            where, code = _bare(self._addresses[0]), room.code
            text = t("Join: {address} Code: {code}", address=where, code=code)
            text = t("Nobody more may join") if room.locked else text
            Tag("p", text, "join-here", id="join-here")
            revealed = room.phase == "revealed"
            Tag("p", self._texts.origin.text if revealed else decision_rule())


def _bare(address: str) -> str:
    """Return an address as it is written by hand."""
    return address.removeprefix("http://").rstrip("/")

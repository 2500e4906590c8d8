"""The builder: a scenario is made in the page, from what is known of it, without its file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from nicegui import ui

from sisim.analysis.target_size import TargetSize
from sisim.i18n import current_language, n_, number, t
from sisim.live.computations import GivenUp, computations
from sisim.live.kept_drafts import KeptDrafts
from sisim.live.latest_only import LatestOnly
from sisim.live.saved_folder import FolderError, NameTakenError
from sisim.live.scenario_draft import (
    ARMS,
    FUND,
    Key,
    ScenarioDraft,
    Wrong,
    bases,
    can_be_changed,
    chosen_states,
    counted_people,
    problems,
)
from sisim.live.tags import Open, Tag, button
from sisim.live.view_state import ViewState
from sisim.live.views.draft_areas import DraftAreas
from sisim.live.views.draft_effects import DraftEffects
from sisim.live.views.draft_fields import DraftFields, place, written
from sisim.live.views.draft_plans import DraftContract, DraftEvaluation
from sisim.live.views.draft_prices import DraftPrices
from sisim.live.visitor_context import in_page
from sisim.loading.files import parsed, shipped
from sisim.report.formats import lower, money_unit
from sisim.scenario.errors import ScenarioError

MOST_OFFERED = 3
"""So many drafts are offered to go on with, those changed last."""
USUAL = "child-youth"
"""The pathway that is begun with, unless that which is seen has another."""


class BuilderView:
    """The builder, in place of a view."""

    def __init__(self, state: ViewState, open_: Open) -> None:
        self._state, self._open = state, open_
        self._before: ScenarioDraft | None = None
        self._tried = False
        if state.draft is None:
            state.draft = ScenarioDraft.empty(self._usual())
        self._checks: LatestOnly[bytes, list[Wrong]] = LatestOnly(
            self._check, in_page(self._show_problems), in_page(self._fail), lambda *_: True
        )
        self._counts: LatestOnly[bytes, TargetSize | None] = LatestOnly(
            self._count, in_page(self._show_count), in_page(self._fail), lambda *_: True
        )
        folder = state.library.folder
        self._drafts = None if folder is None else KeptDrafts(folder.path)
        self._keeps: LatestOnly[tuple[str, bytes], None] = LatestOnly(
            self._keep, lambda *_: None, in_page(self._not_kept)
        )
        self._root = Tag("section", css="builder", aria_label=t("Build a scenario"))
        self._fill()

    def draw(self) -> None:
        """Show nothing: no picture of the scenario that is seen is here."""

    def _usual(self) -> str:
        seen = self._state.scenario.pathway.name
        return seen if seen in bases().pathways else USUAL

    @property
    def _draft(self) -> ScenarioDraft:
        assert self._state.draft is not None
        return self._state.draft

    # ------------------------------------------------------------------------ what stands where

    def _fill(self) -> None:
        self._root.clear()
        self._fields = DraftFields(self._draft, self._changed)
        self._followers: list[Callable[[], Any]] = []
        with self._root:
            Tag("h2", t("Build a scenario"))
            for title, fill in (
                (t("1. Where it begins"), self._base),
                (t("2. Who it is for"), self._target),
                (t("3. What is invested"), self._invested),
                (t("4. What it changes"), self._effects),
                (t("5. What happens then"), self._endings),
                (t("6. Who pays, and whose costs count"), self._money),
                (t("7. How it is evaluated"), self._evaluation),
            ):
                with Tag("fieldset"):
                    Tag("legend", title)
                    fill()
            self._done()
        self._ask()
        self._counts.ask(self._draft.counted())

    def _base(self) -> None:
        known = bases()
        pathways = {f"pathway:{name}": title.text for name, title in known.pathways.items()}
        ready = {f"ready:{name}": title.text for name, title in known.scenarios.items()}
        with Tag("div", css="entry"):
            Tag("label", t("Begin from"), for_="build-base")
            chosen = Tag("select", id="build-base")
            with chosen:
                self._options(t("An empty investment, in a municipality with"), pathways)
                self._options(t("A ready scenario"), ready)
                if self._seen() is not None:
                    seen = {"seen": self._state.scenario.title.text}
                    self._options(t("The scenario that is shown"), seen)
            base = "document.getElementById('build-base').value"
            begin = Tag("button", t("Begin anew"), "button", type="button", id="build-begin")
            begin.on("click", lambda e: self._begin(str(e.args)), js_handler=f"() => emit({base})")
            if self._before is not None:
                button(t("Back to what was before"), self._go_back, id="build-back")
        self._kept()
        self._fields.text(("title",), t("What the scenario is called"), self._name)
        label = (*self._draft.of_investment, "label")
        self._fields.text(label, t("What the investment is called"))
        population = ("population", "cohort" if self._draft.cohort else "residents")
        people = t("People") if self._draft.cohort else t("Residents")
        self._fields.number(population, people)
        self._fields.number(("time", "years"), t("Years ahead"), t("years"))
        runs = t("more runs are surer, and take longer")
        self._fields.number(("replications",), t("Runs"), runs)
        self._fields.tick(
            ("invented",),
            t("The numbers are an example, and the figures say so"),
            self._draft.get(("invented",)) is not False,
            lambda on: self._draft.put(("invented",), on),
        )

    def _kept(self) -> None:
        """Offer what has been entered before and not yet saved."""
        if self._drafts is None:
            return
        Tag("p", t("What is entered is kept in the folder until it is saved."), "hint")
        others = [one for one in self._drafts.listed() if one.draft.key != self._draft.key]
        with Tag("div", css="listing", id="build-kept"):
            for one in others[:MOST_OFFERED]:
                title = one.title or t("without a name")
                when = f"{one.when:%Y-%m-%d %H:%M}"
                text = t('Go on with "{title}", {when}', title=title, when=when)
                button(text, partial(self._take_up, one.draft))

    def _take_up(self, draft: ScenarioDraft) -> None:
        self._before, self._state.draft, self._tried = self._draft, draft, False
        self._fill()
        ui.run_javascript("sisim.focus('build-title')")

    def _options(self, title: str, choices: dict[str, str]) -> None:
        own = f"pathway:{self._draft.data['pathway']}"
        with Tag("optgroup", label=title):
            for value, text in choices.items():
                Tag("option", text, value=value, selected="selected" if value == own else None)

    def _target(self) -> None:
        draft, at = self._draft, (*self._draft.of_investment, "target")
        self._fields.number((*at, "age", "from"), t("From the age of"), t("years"))
        self._fields.number((*at, "age", "below"), t("Under the age of"), t("years"))
        chosen = dict(chosen_states(draft.get(at) or {}))
        Tag("p", t("Only those who are now in one of these, where any is ticked:"))
        with Tag("div", css="tracks"):
            for track, spec in draft.pathway.tracks.items():
                if len(spec.states) > 1:
                    self._track(track, chosen.get(track, []))
        self._fields.place_for(at)
        DraftAreas(draft, self._fields, self._changed)
        said = Tag("p", "", "said", id="build-target", role="status")
        self._found = Tag("p", t("Counting …"), "said", id="build-count", role="status")
        self._followers.append(lambda: said.set_text(target_words(draft)))
        said.set_text(target_words(draft))

    def _track(self, track: str, chosen: list[str]) -> None:
        draft, spec = self._draft, self._draft.pathway.tracks[track]
        key = (*draft.of_investment, "target", "state", track)
        known = {name: state.label.text for name, state in spec.states.items() if not state.exit}
        groups = draft.pathway.groups
        known |= {one: groups[one].label.text for one in chosen if one in groups}

        def put(state: str, on: bool) -> None:
            now = [one for one in draft.get(key) or [] if one != state]
            draft.put(key, [one for one in known if one in now or (on and one == state)])
            if not draft.get(key[:-1]):
                draft.put(key[:-1], None)

        with Tag("details", open=bool(chosen) or None):
            Tag("summary", spec.label.text, id=place(key))
            for state, text in known.items():
                self._fields.tick((*key, state), text, state in chosen, partial(put, state))

    def _invested(self) -> None:
        of, fields = self._draft.of_investment, self._fields
        fields.text((*of, "start"), t("Begins in the month"))
        fields.number((*of, "years"), t("Goes on for"), t("years"))
        fields.number((*of, "capacity"), t("Places at a time"), t("empty: as many as are needed"))
        fields.number((*of, "duration"), t("Each takes part for"), t("months"))
        fields.owned((*of, "reach"), t("Share of the target group that is reached"), t("0 to 1"))
        self._costs((*of, "cost"))

    def _costs(self, key: Key) -> None:
        for part, text in (
            ("start_up", t("Start-up cost")),
            ("running", t("Running cost a year")),
            ("per_participant", t("Cost per participant")),
            ("per_participant_month", t("Cost per participant and month")),
        ):
            self._fields.owned((*key, part), text, money_unit())

    def _effects(self) -> None:
        DraftEffects(self._state, self._draft, self._fields, self._changed)

    def _endings(self) -> None:
        draft = self._draft
        texts = {
            "ends": t("The money ends, and so does the work"),
            "continues": t("It goes on in the same size"),
            "new_way_of_working": t("It becomes a new way of working, for everyone in need"),
        }
        Tag("p", t("Each ending that is ticked is compared with no investment at all."))

        def put(ending: str, on: bool) -> None:
            draft.end(ending, there=on)
            if ending == "new_way_of_working":
                self._new_way()

        for ending in ARMS:
            key = ("arms", ARMS[ending])
            self._fields.tick(key, texts[ending], draft.ends(ending), partial(put, ending))
        self._fields.place_for(("arms",))
        self._then = Tag("div")
        self._new_way()

    def _new_way(self) -> None:
        key, fields = (*self._draft.of_investment, "new_way"), self._fields
        fields.forget(key)
        self._then.clear()
        if self._draft.get(key) is None:
            return
        with self._then:
            Tag("h3", t("The new way of working"))
            fields.number((*key, "ramp"), t("In full scale after"), t("months"))
            reach = t("Share of the target group that is reached then")
            fields.owned((*key, "reach"), reach, t("0 to 1"))
            self._costs((*key, "cost"))
            fields.choice((*key, "cost", "payer"), t("Who pays then"), self._payers())

    def _payers(self) -> dict[str, str]:
        return {name: one.label.text for name, one in self._draft.pathway.administrations.items()}

    def _money(self) -> None:
        draft, pathway = self._draft, self._draft.pathway

        def put(on: bool) -> None:
            draft.pay_by_fund(there=on)
            self._paid()

        text = t("A social investment fund pays the project, and is repaid")
        self._fields.tick(("funds",), text, draft.fund is not None, put)
        self._payer = Tag("div")
        self._paid()
        principals = {name: one.label.text for name, one in pathway.principals.items()}
        everyone = {"public": t("The public sector"), "society": t("Society")}
        whose = {**everyone, **principals, **self._payers()}
        chosen = draft.get(("economy", "perspective")) or "public"
        self._fields.choice(
            ("economy", "perspective"), t("Whose costs count"), whose, chosen=chosen
        )
        DraftContract(draft, self._fields, self._payers())
        DraftPrices(draft, self._fields, self._changed)

    def _evaluation(self) -> None:
        DraftEvaluation(self._draft, self._fields, self._payers())

    def _paid(self) -> None:
        draft, fields = self._draft, self._fields
        payer = (*draft.of_investment, "cost", "payer")
        for key in (payer, ("funds", FUND)):
            fields.forget(key)
        self._payer.clear()
        with self._payer:
            if draft.fund is None:
                fields.choice(payer, t("Who pays the project"), self._payers())
                return
            fund = ("funds", draft.fund)
            principals = {n: one.label.text for n, one in draft.pathway.principals.items()}
            fields.choice((*fund, "principal"), t("Whose fund it is"), principals)
            fields.owned(
                (*fund, "deposits", "opening"), t("In the fund from the start"), money_unit()
            )
            share = t("Share of lower costs that is repaid")
            fields.owned((*fund, "repayment", "share"), share, t("0 to 1"))
            after = t("Repayment begins after")
            fields.number((*fund, "repayment", "starts_after"), after, t("years"))

    def _done(self) -> None:
        with Tag("div", css="done"):
            self._status = Tag("p", "", "said", id="build-status", role="status")
            self._other = Tag("ul", css="wrong", hidden="hidden")
            with Tag("div", css="listing"):
                button(t("Show the pictures"), self._see, "call", id="build-see")
                if self._state.library.folder is not None:
                    button(t("Save in the folder"), self._save, id="build-save")
                button(t("Download the file"), self._download, id="build-download")
                button(t("Look at the file"), self._look, id="build-look")

    # ------------------------------------------------------------------------ what is entered

    def _begin(self, base: str) -> None:
        kind, _, named = base.partition(":")
        before = self._state.draft
        if kind == "pathway":
            self._state.draft = ScenarioDraft.empty(named)
        elif kind == "ready":
            self._state.draft = ScenarioDraft.of(shipped("scenario")[named].read_bytes())
        elif (seen := self._seen()) is not None:
            self._state.draft = ScenarioDraft.of(seen)
        self._before, self._tried = before, False
        self._fill()
        ui.run_javascript("sisim.focus('build-title')")

    def _go_back(self) -> None:
        self._state.draft, self._before = self._before, None
        self._fill()

    def _seen(self) -> bytes | None:
        """Return the file of the scenario that is seen, if it can be changed here."""
        state = self._state
        try:
            content = state.library.text(state.settings, state.brought).encode()
            data = parsed(content, "").data
        except ScenarioError:
            return None
        return content if can_be_changed(data) else None

    def _name(self, title: str) -> None:
        draft, label = self._draft, (*self._draft.of_investment, "label")
        same = draft.get(label) in (None, draft.get(("title",)))
        draft.name_it(title.strip())
        if same:  # until it has a name of its own
            draft.put(label, title.strip())
            ui.run_javascript(f"sisim.put({place(label)!r}, {title.strip()!r})")

    async def _keep(self, wanted: tuple[str, bytes]) -> None:
        drafts = self._drafts
        assert drafts is not None
        await computations.result(object(), lambda _: drafts.save(*wanted))

    def _not_kept(self, wanted: tuple[str, bytes], error: Exception) -> None:
        text = error.reason.text if isinstance(error, FolderError) else str(error)
        self._fail(wanted[1], ValueError(text))

    def _changed(self, key: Key) -> None:
        if self._drafts is not None:
            self._keeps.ask((self._draft.key, self._draft.written))
        for follow in self._followers:
            follow()
        self._ask()
        if key[2:3] == ("target",) or key[0] == "population":
            self._found.set_text(t("Counting …"))
            self._counts.ask(self._draft.counted())

    # ------------------------------------------------------------------------ what comes of it

    def _ask(self) -> None:
        self._checks.ask(self._draft.content)

    async def _check(self, content: bytes) -> list[Wrong]:
        key = ("draft", content, current_language())
        return await computations.result(key, lambda _: problems(content, "scenario.toml"))

    async def _count(self, content: bytes) -> TargetSize | None:
        def count() -> TargetSize | None:
            try:
                return counted_people(content)
            except ScenarioError:  # which is told at the fields
                return None

        return await computations.result(("target", content), lambda _: count())

    def _show_problems(self, _content: bytes, found: list[Wrong]) -> None:
        if self._status.is_deleted:
            return
        unread = dict(self._draft.unread)
        wrong = [*unread.items(), *(one for one in found if one[0] not in unread)]
        elsewhere = self._fields.show(wrong, all_=self._tried)
        self._other.clear()
        self._other.say(hidden=None if elsewhere and self._tried else "hidden")
        with self._other:
            for text in elsewhere:
                Tag("li", text)
        n = len(wrong)
        ready = t("All that is needed is there.")
        left = t("Missing or wrong: {n}", n=n)
        self._status.set_text(left if n else ready)

    def _show_count(self, _content: bytes, size: TargetSize | None) -> None:
        if self._found.is_deleted:
            return
        if size is None:
            self._found.set_text(t("The target group cannot be counted as it stands."))
            return
        self._found.set_text(
            n_(
                "{people} person of {residents} is in it at the start.",
                "{people} people of {residents} are in it at the start.",
                size.people,
                people=number(size.people),
                residents=number(size.residents),
            )
        )

    def _fail(self, _content: bytes, error: Exception) -> None:
        if not self._status.is_deleted:
            self._status.set_text(str(error).splitlines()[0])

    def _ready(self, do: Callable[[], Any]) -> None:
        """Do something if nothing is wrong; else say everywhere what is."""
        self._tried = True
        content, unread = self._draft.content, self._draft.unread
        fail = in_page(self._fail)

        def then(found: list[Wrong]) -> None:
            self._show_problems(content, found)
            if found or unread:
                ui.run_javascript("document.querySelector('.builder [aria-invalid]')?.focus()")
            else:
                do()

        then_here = in_page(then)

        async def run() -> None:
            try:
                then_here(await self._check(content))
            except GivenUp as error:
                fail(content, error)

        self._state.start(run())

    def _see(self) -> None:
        state, draft = self._state, self._draft
        content, fail = draft.content, in_page(self._fail)
        show = in_page(lambda: state.change(show="figures"))
        look = in_page(state.open_saved)

        async def run() -> None:
            try:
                if draft.saved is not None and draft.saved[1] == content:
                    look(draft.saved[0])
                else:
                    await state.bring(draft.file_name, content)
            except (ScenarioError, GivenUp) as error:
                fail(content, error)
            else:
                show()

        self._ready(lambda: state.start(run()))

    def _save(self) -> None:
        draft, folder = self._draft, self._state.library.folder
        assert folder is not None

        def keep(*, replace: bool = False) -> None:
            title = draft.get(("title",))
            name = title[current_language()] if isinstance(title, dict) else title
            try:
                folder.save(name, draft.content, replace=replace)
            except NameTakenError as error:
                self._offer(error.reason.text, partial(keep, replace=True))
            except FolderError as error:
                self._status.set_text(error.reason.text)
            else:
                draft.saved = name, draft.content
                if self._drafts is not None:
                    self._drafts.drop(draft.key)
                self._status.set_text(t('"{name}" has been saved.', name=name))

        self._ready(keep)

    def _offer(self, text: str, do: Callable[[], Any]) -> None:
        def replace() -> None:
            ui.run_javascript("document.getElementById('dialog').close()")
            do()

        def fill() -> None:
            Tag("p", text, role="alert")
            button(t("Replace it"), replace, "call", id="build-replace")

        self._open(t("Save in the folder"), fill)

    def _download(self) -> None:
        def send() -> None:
            ui.download.content(self._draft.content, self._draft.file_name, "application/toml")

        self._ready(send)

    def _look(self) -> None:
        text = self._draft.content.decode()
        self._open(self._draft.file_name, lambda: Tag("pre", text, "file", tabindex="0"))


def target_words(draft: ScenarioDraft) -> str:
    """Return who is in the target group, in the words of the pathway."""
    target = draft.get((*draft.of_investment, "target")) or {}
    age = target.get("age", {})
    low, high = written(age.get("from")), written(age.get("below"))
    said = []
    if low and high:
        said.append(t("from the age of {low} and under {high}", low=low, high=high))
    elif low:
        said.append(t("from the age of {low}", low=low))
    elif high:
        said.append(t("under the age of {high}", high=high))
    groups = {name: one.label.text for name, one in draft.pathway.groups.items()}
    for track, chosen in chosen_states(target):
        spec = draft.pathway.tracks.get(track)
        if spec is not None:
            known = groups | {name: one.label.text for name, one in spec.states.items()}
            states = ", ".join(lower(known.get(one, one)) for one in chosen)
            said.append(f"{lower(spec.label.text)}: {states}")
    others = [name for name in target if name not in ("age", "state")]
    if others:
        said.append(t("and what the file says of {names}", names=", ".join(others)))
    who = "; ".join(said) if said else t("everyone")
    return t("The target group: {who}.", who=who)

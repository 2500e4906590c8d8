"""A scenario that is being built: tables as its file has them, and what the loader says of them.

Nothing is judged here. What is entered is put where a file has it; the text of the file is read as
any file is, and each problem that the loader finds is told by the key where it was entered.
"""

from __future__ import annotations

import copy
import json
import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from math import isfinite
from secrets import token_hex
from typing import Any

import tomli_w

from sisim.analysis.target_size import TargetSize, target_size
from sisim.i18n import t
from sisim.loading.files import read, shipped
from sisim.loading.load import load_pathway, read_scenario
from sisim.report.value_library import LibraryValue
from sisim.scenario.errors import Problem, ScenarioError, shortened
from sisim.scenario.evaluation import OWN_KEYS
from sisim.scenario.pathway import Pathway
from sisim.scenario.types import Text

Key = tuple[str | int, ...]
"""Where something stands in the tables of a file."""
Wrong = tuple[str, str]
"""The key of what is wrong, with dots, and why."""

KEPT = (
    "pathway",
    "seed",
    "replications",
    "parameters",
    "time",
    "population",
    "drift",
    "economy",
    "outcomes",
)
"""What an empty investment has of the ready scenario whose municipality it is in."""
DESCRIBED = ("catalogue", "description", "application", "report")
"""What a scenario says of itself in words, which no longer hold when it is changed."""
AREAS: Key = ("population", "areas")
FIRST = "placed-youth"
"""Whose municipality is taken before others of the same pathway."""
NEW, FUND, PLAN, CONTRACT = "investment", "fund", "plan", "contract"
"""The keys of an investment, a fund, an evaluation and an outcome contract that are added here."""
PLAN_LABEL = {"sv": "Utvärdering", "en": "Evaluation"}
CONTRACT_LABEL = {"sv": "Utfallskontrakt", "en": "Outcome contract"}
PAYMENT_LABELS = {
    "capital": {"sv": "Kapital", "en": "Capital"},
    "outcome": {"sv": "Ersättning för utfall", "en": "Payment for outcomes"},
}
"""What these are called until they are called something else."""
ARMS = {"ends": "project", "continues": "continued", "new_way_of_working": "new_way"}
"""The key of the arm that is added for each ending."""
ARM_LABELS = {
    "ends": {"sv": "Projekt som avslutas", "en": "A project that ends"},
    "continues": {
        "sv": "Projekt som fortsätter i samma omfattning",
        "en": "A project that continues in the same size",
    },
    "new_way_of_working": {
        "sv": "Projekt som blir nytt arbetssätt",
        "en": "From project to new way of working",
    },
}
"""What it is called."""
RAMP = 24
"""Months until a new way of working that is added has come to full scale."""
OWNED = ("value", "source", "grade", "low", "high", "distribution", "formula", "note", "tuned")


@dataclass(frozen=True)
class Bases:
    """What a scenario can begin from.

    Attributes:
        pathways: An empty investment in a municipality with a pathway, by the pathway's name.
        scenarios: A ready scenario with one investment, by its name.
    """

    pathways: Mapping[str, Text]
    scenarios: Mapping[str, Text]


def bases() -> Bases:
    """Return the ready pathways and scenarios that can be begun from."""
    ready = {name: read(path).data for name, path in shipped("scenario").items()}
    known = {name: read(path).data for name, path in shipped("pathway").items()}
    usable = {name: data for name, data in ready.items() if can_be_changed(data)}
    used = {data["pathway"] for data in ready.values() if _alone(data)}
    return Bases(
        {name: Text.model_validate(data["title"]) for name, data in known.items() if name in used},
        {name: Text.model_validate(data["title"]) for name, data in usable.items()},
    )


def can_be_changed(data: Mapping[str, Any]) -> bool:
    """Return whether what a file says is a scenario of a ready pathway with one investment."""
    gated = any("gate" in one for one in data.get("investments", {}).values())
    return _alone(data) and not gated and len(data.get("investments", {})) == 1


def _alone(data: Mapping[str, Any]) -> bool:
    """Return whether a scenario needs no other file but a ready pathway."""
    return data.get("pathway") in shipped("pathway") and "override_files" not in data


class ScenarioDraft:
    """A scenario that is being built.

    Args:
        data: Its tables, as a file has them.

    Attributes:
        data: Its tables.
        pathway: Its pathway.
        investment: The key of its investment.
        saved: Under which name it was last saved, and what was.
        key: What tells it from other drafts.
    """

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self.key = token_hex(6)
        self.pathway: Pathway = load_pathway(data["pathway"])
        self.investment = next(iter(data["investments"]))
        self._unread: dict[Key, str] = {}
        self._own: set[Key] = set()
        self.saved: tuple[str, bytes] | None = None

    @classmethod
    def empty(cls, pathway: str) -> ScenarioDraft:
        """Return an empty investment in a municipality like that of a ready scenario."""
        ready = {name: read(path).data for name, path in shipped("scenario").items()}
        named = sorted(ready, key=lambda name: (name != FIRST, name))
        usable = (ready[n] for n in named if _alone(ready[n]))
        base = copy.deepcopy(next(one for one in usable if one["pathway"] == pathway))
        known = load_pathway(pathway)
        old = next(iter(base["investments"].values()))
        payers = old["cost"]["payer"]
        named = [payers] if isinstance(payers, str) else list(payers)
        payer = next(iter([*filter(known.administrations.get, named), *known.administrations]))
        data = {"name": "scenario", **{k: base[k] for k in KEPT if k in base}}
        data["investments"] = {
            NEW: {
                "start": base.get("time", {}).get("start", "2026-01"),
                "target": {},
                "effects": [],
                "cost": {"payer": payer},
            }
        }
        data["arms"] = {}
        groups = [one["group"] for one in base.get("outcomes", {}).values() if "group" in one]
        case = base.get("figures", {}).get("case") or next(iter([*groups, *known.groups]))
        data["figures"] = {"case": case}
        found = cls(data)
        found.end("ends", there=True)
        return found

    @classmethod
    def of(cls, content: bytes) -> ScenarioDraft:
        """Return what a file says, without what it says of itself in words."""
        data = tomllib.loads(content.decode("utf-8-sig"))
        return cls({key: part for key, part in data.items() if key not in DESCRIBED})

    @classmethod
    def read(cls, key: str, written: bytes) -> ScenarioDraft:
        """Return a draft as it was written.

        Raises:
            ValueError: If this version of sisim cannot read it.
        """
        try:
            said = json.loads(written)
            found = cls(said["data"])
            found._unread = {tuple(at): str(text) for at, text in said["unread"]}
            found._own = {tuple(at) for at in said["own"]}
        except (LookupError, TypeError, AttributeError, StopIteration, ScenarioError) as error:
            raise ValueError(*error.args) from error
        found.key = key
        return found

    @property
    def written(self) -> bytes:
        """All that has been entered, also what is no number yet."""
        said = {"data": self.data, "unread": list(self._unread.items()), "own": list(self._own)}
        return json.dumps(said).encode()

    # ------------------------------------------------------------------------ what is entered

    @property
    def of_investment(self) -> Key:
        """Where its investment stands."""
        return "investments", self.investment

    def get(self, key: Key) -> Any:
        """Return what stands at a key; None if nothing does."""
        if key in self._unread:
            return self._unread[key]
        node: Any = self.data
        for part in key:
            try:
                node = node[part]
            except (KeyError, IndexError, TypeError):
                return None
        return node

    def put(self, key: Key, value: Any) -> None:
        """Put something at a key; None, or an empty text, takes away what stands there."""
        self._unread.pop(key, None)
        if value is None or value == "" or value == [] or value == {}:
            self._take_away(key)
            return
        node: Any = self.data
        for part in key[:-1]:
            node = node[part] if isinstance(part, int) else node.setdefault(part, {})
        node[key[-1]] = value

    def put_number(self, key: Key, text: str) -> None:
        """Put what has been written as a number at a key, in Swedish or in English."""
        number = read_number(text)
        # In a list there is nothing in place of a number that is taken away.
        if number is None and (text.strip() or isinstance(key[-1], int)):
            self._unread[key] = text
            return
        self.put(key, number)

    def put_owned(self, key: Key, part: str, text: str) -> None:
        """Put a part of a number with an owner: "value", "low", "high", "source" or "grade".

        Another value is not what the source said: that is taken away, unless it has been entered.
        """
        had = self.get(key)
        number = dict(had) if isinstance(had, dict) else {} if had is None else {"value": had}
        if part in ("source", "grade"):
            self._own.add(key)
            self.put(key, {**number, part: text} if text else _without(number, part))
            return
        value = read_number(text)
        self._unread.pop((*key, part), None)
        if text.strip() and value is None:
            self._unread[*key, part] = text
        elif part != "value":
            self._own.add(key)
            self.put(key, _without(number, part) if value is None else {**number, part: value})
        elif value is None:
            self.put(key, None)
        elif value != number.get("value"):
            kept = _without(number, *OWNED)
            told = {part: number.get(part) for part in ("source", "grade", "low", "high")}
            own = told if key in self._own else {"grade": "assumption"}
            said = {name: word for name, word in own.items() if word not in (None, "")}
            self.put(key, {"value": value, **said, **kept})

    def _take_away(self, key: Key) -> None:
        around = self.get(key[:-1]) if len(key) > 1 else self.data
        if isinstance(around, dict):
            around.pop(str(key[-1]), None)

    def name_it(self, title: str) -> None:
        """Give it a title, and a name of the letters that a name may have."""
        self.put(("title",), title)
        self.data["name"] = slug(title)

    def end(self, ending: str, *, there: bool) -> None:
        """Have an arm in which the investment ends in one way, or none."""
        arms = self.data.setdefault("arms", {})
        self.data["arms"] = arms = {
            name: arm for name, arm in arms.items() if arm["investments"] != self._ends(ending)
        }
        if there:
            arms[ARMS[ending]] = {"label": ARM_LABELS[ending], "investments": self._ends(ending)}
        order = list(ARMS.values())
        self.data["arms"] = dict(
            sorted(arms.items(), key=lambda p: order.index(p[0]) if p[0] in order else -1)
        )
        self._show_arms()
        if ending == "new_way_of_working":
            key = (*self.of_investment, "new_way")
            payer = self.get((*self.of_investment, "cost", "payer"))
            payer = payer if payer in self.pathway.administrations else self.administration
            new = self.get(key) or {"ramp": RAMP, "cost": {"payer": payer}}
            self.put(key, new if there else None)

    def ends(self, ending: str) -> bool:
        """Return whether there is an arm in which the investment ends so."""
        return any(
            arm["investments"] == self._ends(ending) for arm in self.data.get("arms", {}).values()
        )

    def _ends(self, ending: str) -> dict[str, str]:
        return {self.investment: ending}

    def _show_arms(self) -> None:
        figures, arms = self.data.get("figures"), list(self.data["arms"])
        if figures and arms:
            figures |= {"project": arms[0], "new_way": arms[-1]}

    @property
    def administration(self) -> str:
        """The administration that pays unless another is chosen."""
        return next(iter(self.pathway.administrations))

    def pay_by_fund(self, *, there: bool) -> None:
        """Let a social investment fund pay the project, or the administration."""
        payer = (*self.of_investment, "cost", "payer")
        if not there:
            self.put(("funds",), None)
            self.put(payer, self.administration)
        elif not self.get(("funds",)):
            first = self.pathway.administrations[self.administration].principal
            self.put(("funds", FUND), {"principal": first})
            self.put(payer, FUND)

    @property
    def cohort(self) -> bool:
        """Whether its people are a closed cohort, and no open population of residents."""
        return self.get(("population", "cohort")) is not None

    @property
    def fund(self) -> str | None:
        """The key of its fund, if there is one."""
        return next(iter(self.data.get("funds", {})), None)

    # ------------------------------------------------------------------------ areas and plans

    @property
    def first_year(self) -> str:
        """The year in which the investment begins."""
        return str(self.get((*self.of_investment, "start")) or "")[:4]

    @property
    def areas(self) -> dict[str, str]:
        """What the areas of the municipality are called."""
        found = {}
        for number, (name, area) in enumerate((self.get(AREAS) or {}).items(), start=1):
            label = area.get("label") or t("Area {n}", n=number)
            found[name] = Text.model_validate(label).text
        return found

    def add_area(self) -> str:
        """Add an area, and return its key."""
        there = self.get(AREAS) or {}
        name = next(one for n in count(1) if (one := f"area_{n}") not in there)
        self.put(AREAS, {**there, name: {}})
        return name

    def remove_area(self, name: str) -> None:
        """Take an area away, and out of all that is in it."""
        self.put(AREAS, _without(self.get(AREAS) or {}, name))
        of = self.of_investment
        plans = [("evaluations", plan) for plan in self.data.get("evaluations", {})]
        for key in ((*of, "areas"), (*of, "new_way", "areas"), *((*p, "areas") for p in plans)):
            if (chosen := self.get(key)) is not None:
                self.put(key, [one for one in chosen if one != name])
        at = (*AREAS, name)
        self._unread = {key: text for key, text in self._unread.items() if key[:3] != at}

    @property
    def plan(self) -> str | None:
        """The key of its evaluation, if there is one."""
        return next(iter(self.data.get("evaluations", {})), None)

    def plan_evaluation(self, *, there: bool) -> None:
        """Plan an evaluation, of those who begin from the start, or none."""
        start = self.get((*self.of_investment, "start"))
        case = (self.get(("figures", "case"))) or next(iter(self.pathway.groups))
        new = {
            "label": PLAN_LABEL,
            "arm": next(iter(self.data.get("arms", {})), None),
            "design": "before_after",
            "cohorts": {"from": start},
            "outcome": {"group": case, "within": 12},
            "cost": {"payer": self.administration},
        }
        said = {name: part for name, part in new.items() if part is not None}
        self.put(("evaluations",), {PLAN: said} if there else None)

    def choose_design(self, design: str) -> None:
        """Give the evaluation another design, without what only the one before has."""
        assert self.plan is not None
        key = ("evaluations", self.plan)
        own = {part for parts in OWN_KEYS.values() for part in parts} - set(OWN_KEYS[design])
        self.put(key, {**_without(self.get(key), *own), "design": design})

    @property
    def contract(self) -> str | None:
        """The key of its outcome contract, if there is one."""
        return next(iter(self.data.get("contracts", {})), None)

    def pay_by_outcome(self, *, there: bool) -> None:
        """Have an outcome contract, or none."""
        year, payer = self.first_year, self.administration
        last = int(year) + 4 if year.isdigit() else 0
        measure = {
            "outcome": next(iter(self.data.get("outcomes", {})), ""),
            "periods": [[last - 4, last]],
        }
        capital = {"label": PAYMENT_LABELS["capital"], "from": "investor", "to": payer}
        outcome = {"label": PAYMENT_LABELS["outcome"], "from": payer, "to": "investor"}
        new = {
            "label": CONTRACT_LABEL,
            "arm": next(iter(self.data.get("arms", {})), ""),
            "parties": {},
            "payments": {"capital": capital, "outcome": {**outcome, "measure": measure}},
        }
        self.put(("contracts",), {CONTRACT: new} if there else None)

    # ------------------------------------------------------------------------ effects

    @property
    def effects(self) -> list[dict[str, Any]]:
        """Its effects."""
        found: list[dict[str, Any]] = self.data["investments"][self.investment].setdefault(
            "effects", []
        )
        return found

    def add_effect(self, one: LibraryValue | None = None) -> None:
        """Add an effect: an empty one, or one of the value library."""
        if one is None:
            first = next(iter(self.pathway.transitions))
            self.effects.append({"on": [first], "ratio": {"grade": "assumption"}})
            return
        _, name, _, number, _ = one.key.split(".")
        data = read(shipped("scenario")[one.file.removesuffix(".toml")]).data
        effect = copy.deepcopy(data["investments"][name]["effects"][int(number)])
        effect.pop("complement", None)  # its other part is not here
        if isinstance(effect["on"], str):
            effect["on"] = [effect["on"]]
        self.effects.append(effect)

    def remove_effect(self, number: int) -> None:
        """Take an effect away."""
        del self.effects[number]
        at = (*self.of_investment, "effects")
        self._unread = {key: text for key, text in self._unread.items() if key[:3] != at}
        self._own = {key for key in self._own if key[:3] != at}

    # ------------------------------------------------------------------------ what it comes to

    @property
    def content(self) -> bytes:
        """The file."""
        return tomli_w.dumps(self.data).encode()

    @property
    def file_name(self) -> str:
        """What the file is called."""
        return f"{self.data['name']}.toml"

    @property
    def unread(self) -> list[Wrong]:
        """What has been entered where a number should be and is none."""
        return [
            (".".join(map(str, key)), t('"{text}" is not a number.', text=shortened(text)))
            for key, text in self._unread.items()
        ]

    def counted(self) -> bytes:
        """Return the file of a scenario that has the same people and target group, and no more."""
        own = self.data["investments"][self.investment]
        kept = {key: self.data[key] for key in KEPT if key in self.data}
        probe = {
            "label": "?",
            "start": self.data.get("time", {}).get("start", "2026-01"),
            "years": 1,
            "target": own.get("target", {}),
            "cost": {"payer": self.administration},
        }
        if "override" in self.data:
            kept["override"] = self.data["override"]
        data = {"name": "scenario", "title": "?", **kept, "investments": {self.investment: probe}}
        return tomli_w.dumps(data).encode()


def problems(content: bytes, name: str) -> list[Wrong]:
    """Return what is wrong in a file, in the current language.

    Args:
        content: What the file holds.
        name: What it is called.
    """
    try:
        read_scenario(content, name)
    except ScenarioError as error:
        return [(one.key, _said(one)) for one in error.problems]
    return []


def counted_people(content: bytes) -> TargetSize:
    """Return how many are in the target group of a file that `ScenarioDraft.counted` has made.

    Raises:
        ScenarioError: With everything that is wrong in it.
    """
    scenario = read_scenario(content, "scenario.toml")
    return target_size(scenario, next(iter(scenario.investments)))


def read_number(text: str) -> float | int | None:
    """Return a number as it is written in Swedish or in English; None for what is none.

    Examples:
        >>> read_number("1 500 000"), read_number("0,75"), read_number("two")
        (1500000, 0.75, None)
    """
    plain = re.sub(r"\s", "", text).replace(",", ".").replace("\N{MINUS SIGN}", "-")
    try:
        value = float(plain)
    except ValueError:
        return None
    if not isfinite(value) or not re.fullmatch(r"[-+.\deE]+", plain):
        return None
    return int(value) if value == int(value) and abs(value) < 1e15 else value


def slug(title: str) -> str:
    """Return a name of the letters that a name may have.

    Examples:
        >>> slug("Närvaroteam på Söder"), slug("2030")
        ('narvaroteam-pa-soder', 'scenario-2030')
    """
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    found = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return found if found[:1].isalpha() else f"scenario-{found}".strip("-")


def _without(number: Mapping[str, Any], *parts: str) -> dict[str, Any]:
    return {name: part for name, part in number.items() if name not in parts}


def _said(problem: Problem) -> str:
    """Return what is wrong, without the place: it is said there."""
    if "key" in problem.reason.values and problem.key.endswith(problem.reason.values["key"]):
        return t("This is needed.")  # the field has words for the key
    return problem.render().removeprefix(f"{problem.place}: ").removeprefix(f"{problem.key}: ")


def chosen_states(target: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Yield the tracks that a target group is chosen by, and the states or groups in each."""
    state = target.get("state", {})
    if isinstance(state, dict):
        yield from state.items()

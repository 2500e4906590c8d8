"""What one visitor sees: settings that stand in the address, and the way back through them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, get_args
from urllib.parse import urlencode

from sisim.i18n import LANGUAGES, Lang

Show = Literal["figures", "administrations", "people", "money", "evaluation", "build", "analyses"]
SHOWS: tuple[Show, ...] = get_args(Show)
SIZES = (0.5, 1.0, 2.0, 4.0)
"""How many take part in an evaluation, in times what the scenario says."""
HIGHEST = 10**9
"""No number of an address is read as more; how much may be simulated is `limits`' to say."""
OLDEST = 100
"""So many steps back are remembered."""


@dataclass(frozen=True)
class Settings:
    """All that decides what is seen; a link restores it.

    Attributes:
        lang: Language.
        dark: Light on dark.
        show: Which view.
        values: Positions of sliders that have been moved, by their id.
        kept: Positions that are kept as setting A, beside which those now are B; None for no A.
        scenario: A ready scenario; "" for the one that was opened.
        seed: The seed of the first run.
        runs: How many runs; None for as many as the scenario says.
        residents: How many residents; None for as many as the scenario says.
        years: Years ahead; None for as many as the scenario says.
        year: The year marked; None for that of the scenario.
        current: In the prices of each year.
        ordinary: With what everyone has.
        since_start: Years counted from the start rather than in the calendar.
        bands: With 10-90 % of the runs.
        brackets: With before-after and with-without.
        only: One of the figures alone; None for both.
        told: How far the story has been told; None where it is not being told.
        notes: With the speaker's notes.
        guess: Whether the room is to guess first: its answer is not yet shown.
        arm: Whose money and people are shown; "" for the first.
        evaluation: Which planned evaluation is shown; "" for the first.
        size: How many take part in it, in times what the scenario says.
        course: What its participants cost before and after is shown, instead of what it would say.
        arrivals: The inflow is shown, instead of single lives.
    """

    lang: Lang = "en"
    dark: bool = False
    show: Show = "figures"
    values: Mapping[str, float] = field(default_factory=dict)
    kept: Mapping[str, float] | None = None
    scenario: str = ""
    seed: int = 1
    runs: int | None = None
    residents: int | None = None
    years: int | None = None
    year: int | None = None
    current: bool = False
    ordinary: bool = False
    since_start: bool = False
    bands: bool = False
    brackets: bool = True
    only: Literal["project", "new_way"] | None = None
    told: int | None = None
    notes: bool = True
    guess: bool = False
    arm: str = ""
    evaluation: str = ""
    size: float = 1.0
    course: bool = False
    arrivals: bool = False

    def query(self, usual: Settings) -> str:
        """Return what differs from the usual as the query of an address."""
        parts: dict[str, Any] = {}
        for one in fields(self):
            value = getattr(self, one.name)
            if one.name == "values":
                parts |= {key: f"{number:.10g}" for key, number in value.items()}
            elif one.name == "kept":
                if value is not None:
                    parts["kept"] = ",".join(f"{key}:{n:.10g}" for key, n in value.items())
            elif value != getattr(usual, one.name):
                parts[one.name] = "" if value is None else value
        parts = {key: int(v) if isinstance(v, bool) else v for key, v in parts.items()}
        return urlencode(parts)

    @classmethod
    def of(
        cls, query: Mapping[str, str], usual: Settings, sliders: Mapping[str, tuple[float, float]]
    ) -> Settings:
        """Return what an address asks for; what it asks for in vain is left as usual.

        Args:
            query: The parts of the address.
            usual: What holds where it says nothing.
            sliders: The ends of the sliders there are, by id.
        """
        found: dict[str, Any] = {"values": {}}
        known = {one.name for one in fields(cls)} - {"values", "kept"}
        if "kept" in query:
            found["kept"] = {
                name: value
                for name, text in _pairs(query["kept"])
                if name in sliders and (value := _within(*sliders[name])(text)) is not None
            }
        for key, text in query.items():
            if key in sliders:
                value = _within(*sliders[key])(text)
                if value is not None:
                    found["values"][key] = value
            elif key in known:
                value = _READ[key](text)
                if value is not None or text == "":
                    found[key] = value
        return replace(usual, **{k: v for k, v in found.items() if v is not None or k in _OPEN})


def sliders_in(query: Mapping[str, str]) -> set[str]:
    """Return the names in an address that may be those of sliders."""
    named = {name for name, _ in _pairs(query.get("kept", ""))}
    return named | (set(query) - {one.name for one in fields(Settings)})


def _pairs(text: str) -> list[tuple[str, str]]:
    """Return names and values of a text like `effect:0.3,reach:0.5`."""
    found = (part.partition(":") for part in text.split(","))
    return [(name, value) for name, colon, value in found if colon]


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < 1e12 else None


def _within(low: float, high: float) -> Callable[[str], float | None]:
    def read(text: str) -> float | None:
        value = _number(text)
        return None if value is None else min(max(value, low), high)

    return read


def _whole(low: int, high: int) -> Callable[[str], int | None]:
    def read(text: str) -> int | None:
        value = _within(low, high)(text)
        return None if value is None else int(value)

    return read


def _one_of(*choices: str) -> Any:
    return lambda text: text if text in choices else None


def _flag(text: str) -> bool | None:
    return {"1": True, "0": False}.get(text)


_OPEN = {"runs", "residents", "years", "year", "only", "told"}
"""What may be unset."""
_READ: dict[str, Any] = {
    "lang": _one_of(*LANGUAGES),
    "show": _one_of(*SHOWS),
    "scenario": str,
    "arm": str,
    "evaluation": str,
    "size": lambda text: {f"{size:g}": size for size in SIZES}.get(text.removesuffix(".0")),
    "only": _one_of("project", "new_way"),
    "seed": _whole(0, HIGHEST),
    "runs": _whole(1, HIGHEST),
    "residents": _whole(100, HIGHEST),
    "years": _whole(1, HIGHEST),
    "year": _whole(0, 9999),
    "told": _whole(0, 99),
    **dict.fromkeys(
        (
            "dark",
            "current",
            "ordinary",
            "since_start",
            "bands",
            "brackets",
            "notes",
            "guess",
            "course",
            "arrivals",
        ),
        _flag,
    ),
}


class History:
    """The settings that were, the latest last."""

    def __init__(self) -> None:
        self._past: list[Settings] = []

    def keep(self, settings: Settings) -> None:
        """Remember settings that are about to change."""
        if not self._past or self._past[-1] != settings:
            self._past = [*self._past, settings][-OLDEST:]

    def back(self) -> Settings | None:
        """Return the latest settings remembered, and forget them; None if there are none."""
        return self._past.pop() if self._past else None

    def __len__(self) -> int:
        return len(self._past)

"""Presets and "what happens if": positions of the sliders that a room asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sisim.i18n import t
from sisim.live.sliders import Lever


@dataclass(frozen=True)
class Asked:
    """Positions of sliders under a name."""

    id: str
    text: str
    values: dict[str, float]


def presets(levers: Sequence[Lever]) -> list[Asked]:
    """Return whole settings of the main sliders."""
    known = {lever.id: lever for lever in levers}
    start = {name: lever.value for name, lever in known.items()}

    def asked(name: str, text: str, **values: float) -> Asked | None:
        if not set(values) <= set(known):
            return None
        return Asked(name, text, {**start, **values})

    half = {
        name: known[name].value / 2 for name in ("effect", "inflow", "half_life") if name in known
    }
    found = [
        asked("file", t("As in the file")),
        asked(
            "nothing",
            t("An intervention without effect"),
            **{name: 0.0 for name in ("effect", "inflow") if name in known},
        ),
        asked("careful", t("Half of every effect"), **half),
        asked("inflow-only", t("Only the inflow changes"), effect=0.0),
        asked("no-inflow", t("A new way that does not touch the inflow"), inflow=0.0),
        asked("lasting", t("An effect that lasts"), half_life=_end(known, "half_life")),
        asked("all-reached", t("Everyone is reached"), reach=1.0),
    ]
    return [one for one in found if one is not None]


def what_ifs(levers: Sequence[Lever]) -> list[Asked]:
    """Return one changed number each."""
    texts = {
        "effect": (0.5, t("… the effect is only half as large?")),
        "reach": (0.5, t("… we reach only half as many?")),
        "half_life": (0.5, t("… the effect fades twice as fast?")),
        "inflow": (0.0, t("… the inflow does not fall?")),
        "drift": (0.0, t("… costs do not grow at all?")),
    }
    found = []
    for lever in levers:
        if lever.id in texts:
            share, text = texts[lever.id]
            value = min(max(lever.value * share, lever.low), lever.high)
            found.append(Asked(f"if-{lever.id}", text, {lever.id: value}))
        elif lever.id == "project_time":
            text = t("… the project goes on for as long as it can?")
            found.append(Asked("if-years", text, {"project_time": lever.high}))
    return found


def _end(known: dict[str, Lever], name: str) -> float:
    return known[name].high if name in known else 0.0

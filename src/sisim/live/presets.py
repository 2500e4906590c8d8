"""Presets and "what happens if": positions of the sliders that a room asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sisim.i18n import t
from sisim.live.sliders import Slider


@dataclass(frozen=True)
class Preset:
    """Positions of sliders under a name."""

    id: str
    text: str
    values: dict[str, float]


def presets(sliders: Sequence[Slider]) -> list[Preset]:
    """Return whole settings of the main sliders."""
    known = {slider.id: slider for slider in sliders}
    start = {name: slider.value for name, slider in known.items()}

    def asked(name: str, text: str, **values: float) -> Preset | None:
        if not set(values) <= set(known):
            return None
        return Preset(name, text, {**start, **values})

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
        asked("no-inflow", t("A new way that does not affect the inflow"), inflow=0.0),
        asked("lasting", t("An effect that lasts"), half_life=_end(known, "half_life")),
        asked("all-reached", t("Everyone is reached"), reach=1.0),
    ]
    return [one for one in found if one is not None]


def what_ifs(sliders: Sequence[Slider]) -> list[Preset]:
    """Return one changed number each."""
    texts = {
        "effect": (0.5, t("… the effect is only half as large?")),
        "reach": (0.5, t("… we reach only half as many?")),
        "half_life": (0.5, t("… the effect fades twice as fast?")),
        "inflow": (0.0, t("… the inflow does not fall?")),
        "drift": (0.0, t("… costs do not grow at all?")),
    }
    found = []
    for slider in sliders:
        if slider.id in texts:
            share, text = texts[slider.id]
            value = min(max(slider.value * share, slider.low), slider.high)
            found.append(Preset(f"if-{slider.id}", text, {slider.id: value}))
        elif slider.id == "project_time":
            text = t("… the project goes on for as long as it can?")
            found.append(Preset("if-years", text, {"project_time": slider.high}))
    return found


def _end(known: dict[str, Slider], name: str) -> float:
    return known[name].high if name in known else 0.0

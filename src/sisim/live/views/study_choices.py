"""What is looked at of the planned evaluations: which one, its participants, how many take part."""

from __future__ import annotations

from functools import partial
from math import isnan

from sisim.i18n import number, t
from sisim.live.settings import SIZES
from sisim.live.tags import Tag, toggle
from sisim.live.view_state import ViewState


class StudyChoices:
    """The rows of buttons above a study."""

    def __init__(self, state: ViewState) -> None:
        self._state = state
        self._designs: dict[str, Tag] = {}
        self._sizes: dict[float, Tag] = {}
        self._per_year: Tag | None = None
        course = state.settings.course
        with Tag("div", css="choices"):
            with Tag("div", css="group", role="group", aria_label=t("Which evaluation")):
                for name, spec in state.scenario.evaluations.items():
                    self._designs[name] = toggle(
                        spec.label.text,
                        name == state.evaluation and not course,
                        partial(state.change, evaluation=name, course=False),
                        id=f"evaluation-{name}",
                    )
                toggle(
                    t("Participants' costs"),
                    course,
                    partial(state.change, course=True, guess=False),
                    id="course",
                )
            if state.scenario.population.residents is not None:
                self._choose_size()

    def _choose_size(self) -> None:
        state = self._state
        with Tag("div", css="group", role="group", aria_label=t("How many take part")):
            Tag("span", t("Take part:"))
            for size in SIZES:
                self._sizes[size] = toggle(
                    _times(size),
                    size == state.settings.size,
                    partial(state.change, size=size),
                    id=f"size-{str(size).replace('.', '-')}",
                    aria_label=t(
                        "The number in the file times {n}",
                        n=number(size, 1 if size < 1 else 0),
                    ),
                )
            self._per_year = Tag("span", "", id="per-year")

    def follow(self) -> None:
        """Follow what is chosen."""
        state = self._state
        for name, tag in self._designs.items():
            pressed = name == state.evaluation and not state.settings.course
            tag.say(aria_pressed="true" if pressed else "false")
        for size, tag in self._sizes.items():
            tag.say(aria_pressed="true" if size == state.settings.size else "false")

    def step(self, by: int) -> None:
        """Go to another evaluation."""
        names = list(self._state.scenario.evaluations)
        at = names.index(self._state.evaluation) + by
        self._state.change(evaluation=names[at % len(names)], course=False)

    def say_per_year(self, people: float) -> None:
        """Say how many take part in a year, if that is known."""
        if self._per_year is not None and not isnan(people):
            self._per_year.set_text(t("about {n} a year", n=number(round(people))))


def _times(size: float) -> str:
    return "½ ×" if size == 0.5 else f"{size:g} ×"

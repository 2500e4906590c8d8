"""The story of the two figures, a step at a time: what is shown, and what the speaker says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sisim.analysis.comparison import WHICH, Comparison, Which
from sisim.i18n import t
from sisim.live.chart_options import ALL, Reveal
from sisim.report.captions import end_claim
from sisim.report.formats import money
from sisim.report.summary import number_of, percent_pair, verdict

NOTHING = Reveal(with_=False, areas=False, brackets=False, claims=False, new_way=False)


@dataclass(frozen=True)
class Step:
    """A step of the story: its name, what each figure shows, and the speaker's notes."""

    name: str
    reveal: Mapping[Which, Reveal]
    notes: tuple[str, ...]


def narration_steps(comparison: Comparison) -> list[Step]:
    """Return the steps: baseline, project, fading, new way of working, both comparisons."""
    ends = [last for kind, _, last in comparison.project.phases if kind == "project"]
    until = max((int(max(ends)) if ends else comparison.start) - 1, comparison.start)
    first, second = number_of("project"), number_of("new_way")
    last = int(comparison.years[-1])
    without = comparison.without.cost
    whole = replace(ALL, brackets=False)
    pairs = {which: percent_pair(comparison.side(which)) for which in WHICH}
    claims = {which: end_claim(comparison.side(which)) for which in WHICH}

    def both(one: Reveal, two: Reveal) -> dict[Which, Reveal]:
        return {"project": one, "new_way": two}

    return [
        Step(
            t("Baseline"),
            both(NOTHING, NOTHING),
            (
                t(
                    "Begin with the future that nobody chooses: no investment. Both figures show "
                    "the same people with the same luck."
                ),
                t(
                    "The cost goes from {today} in {start} to {then} in {last}. Ask the room: why "
                    "does it change, if the children are as many?",
                    today=money(comparison.today),
                    start=comparison.start,
                    then=money(float(without.mean[-1])),
                    last=last,
                ),
            ),
        ),
        Step(
            t("The project"),
            both(Reveal(until=until, brackets=False, claims=False), NOTHING),
            (
                t(
                    "{figure}: a project for some years. The blue line holds the cost of the "
                    "intervention too, so it may lie above at first.",
                    figure=first,
                ),
                t("Ask: what happens when the money ends? Let somebody draw it before you go on."),
            ),
        ),
        Step(
            t("The effect fades"),
            both(whole, NOTHING),
            (
                t(
                    "Those who were helped keep some of it for a while. Those who come after them "
                    "were never met by the project."
                ),
                claims["project"] or t("Look at the inflow below: is it another than without?"),
            ),
        ),
        Step(
            t("The new way of working"),
            both(whole, whole),
            (
                t(
                    "{figure}: the same project, but the way of working stays, for everyone "
                    "in need.",
                    figure=second,
                ),
                claims["new_way"] or t("Look at the inflow below: is it another than without?"),
            ),
        ),
        Step(
            t("Two comparisons"),
            both(ALL, ALL),
            (
                t(
                    "Before–after and with–without answer different questions. Drag the marked "
                    "year."
                ),
                *(
                    t(
                        "{figure}: before–after {before_after}, with–without {with_without}. "
                        "{verdict}",
                        figure=number_of(which),
                        before_after=pair[0],
                        with_without=pair[1],
                        verdict=verdict(comparison.side(which)),
                    )
                    for which, pair in pairs.items()
                ),
            ),
        ),
    ]


STEPS = 5
"""How many steps `narration_steps` gives."""

"""The guide for who leads a room: forty-five minutes with the live page, and what to expect."""

from __future__ import annotations

from dataclasses import dataclass

from sisim.analysis.comparison import WHICH, Comparison, Which
from sisim.i18n import t
from sisim.report.captions import cost_claim, inflow_claim
from sisim.report.comparison_text import (
    all_years,
    conclusion,
    counted_people,
    growth_words,
    number_of,
    paid_back,
    year_words,
)
from sisim.report.formats import money

Press = tuple[str, str]
"""A key or a button, and what it does."""


@dataclass(frozen=True)
class LessonPart:
    """A part of the lesson.

    Attributes:
        first: The minute in which it begins.
        last: The minute in which it ends.
        title: What it is about.
        press: The keys and buttons in order, and what each shows.
        ask: What to ask the room.
        expect: What the room is likely to answer, and what the run at hand says.
    """

    first: int
    last: int
    title: str
    press: tuple[Press, ...]
    ask: tuple[str, ...]
    expect: tuple[str, ...]


def preparations() -> tuple[str, ...]:
    """Return what to do before anyone has come."""
    return (
        t("Open the page on the computer that the room will see, and press every key below once."),
        t(
            "P opens the speaker notes in a window of their own; F fills the screen; D makes it "
            "dark."
        ),
        t("R returns to the values of the file: the answers below are those of what is shown now."),
    )


def guide(comparison: Comparison) -> list[LessonPart]:
    """Return the parts of the lesson, whose answers are those of a comparison."""
    return [
        _baseline(comparison),
        _guess(comparison),
        _project(comparison),
        _new_way(comparison),
        _doubt(comparison),
        _people(comparison),
        _decision(comparison),
    ]


def _baseline(comparison: Comparison) -> LessonPart:
    goes = t(
        "Without the investment the cost goes from {today} in {start} to {then} in {last}.",
        today=money(comparison.today),
        start=str(comparison.start),
        then=money(float(comparison.without.cost.mean[-1])),
        last=str(comparison.years[-1]),
    )
    return LessonPart(
        0,
        5,
        t("The future that nobody chooses"),
        (("T", t("begins the story: the curve without the investment, alone")),),
        (
            t("What happens if we go on as today?"),
            t("Why does the cost change, though nobody has decided anything?"),
        ),
        (goes, growth_words(comparison) or t("More people, dearer services, or both.")),
    )


def _guess(comparison: Comparison) -> LessonPart:
    return LessonPart(
        5,
        13,
        t("The room guesses first"),
        (
            ("G", t("hides the answer of figure 1: draw with the mouse, or with the arrow keys")),
            ("G", t("once more: shows the answer beside the guess")),
        ),
        (
            t("What does the cost become while the project goes on, and when the money ends?"),
            t("Who would draw another curve, and why?"),
        ),
        (
            t("Many draw a fall that stays."),
            _answer(comparison, "project"),
        ),
    )


def _project(comparison: Comparison) -> LessonPart:
    return LessonPart(
        13,
        21,
        _titled(comparison, "project"),
        (
            ("1", t("figure 1 alone")),
            ("← →", t("move the marked year, to before and after the end of the project")),
        ),
        (
            t("Has the cost fallen: against today, and against what it would have been?"),
            t("Which of the two would you have seen in the annual report?"),
        ),
        (
            year_words(comparison, comparison.project),
            t("The annual report sees before–after alone. The effect is with–without."),
        ),
    )


def _new_way(comparison: Comparison) -> LessonPart:
    goes_on = any(kind == "new_way" for kind, *_ in comparison.new_way.phases)
    return LessonPart(
        21,
        29,
        _titled(comparison, "new_way"),
        (("2", t("figure 2 alone")), ("0", t("both figures beside each other"))),
        (
            t("What differs between the figures, and why?"),
            t("What would have to change in ordinary operation, and who pays for it?")
            if goes_on
            else t("Which of the two would you choose, and for whom?"),
        ),
        (
            _answer(comparison, "new_way"),
            year_words(comparison, comparison.new_way),
            t("Compare the inflow, in the lower part of both figures."),
        ),
    )


def _doubt(comparison: Comparison) -> LessonPart:
    return LessonPart(
        29,
        37,
        t("What if we are wrong?"),
        (
            ("C", t("keeps this as A")),
            (t("What if …"), t("choose half of every effect, or drag a slider: this is B")),
            ("R", t("back to the values of the file")),
        ),
        (
            t("Which assumption do you believe in least? What does it rest on?"),
            t("How much smaller may the effect be before you would say no?"),
        ),
        (
            t("The sentence below a slider says where its value comes from."),
            t("The row B − A below each figure is what the doubt costs."),
            *(
                t("{figure} as it is now: {paid}.", figure=number_of(one), paid=paid)
                for one in WHICH
                if (paid := paid_back(comparison, comparison.side(one)))
            ),
        ),
    )


def _people(comparison: Comparison) -> LessonPart:
    return LessonPart(
        37,
        42,
        t("The people behind the curves"),
        (
            (t("People"), t("everyone whose life the investment affects, in both worlds")),
            (t("Space"), t("lets the years go by; ← → a year at a time")),
            (t("Click"), t("on a dot: the two lives of that person, and why they part")),
        ),
        (
            t("Whom did it help? Who took part and would have managed anyway?"),
            t("Who came after the project had ended?"),
        ),
        (
            *(f"{number_of(one)}: {counted_people(comparison.side(one))}." for one in WHICH),
            t(
                "Not everyone who takes part gets another life: compare participants with lives "
                "changed."
            ),
        ),
    )


def _decision(comparison: Comparison) -> LessonPart:
    sums = [
        f"{number_of(one)}: {told}"
        for one in WHICH
        if (told := all_years(comparison, comparison.side(one)))
    ]
    return LessonPart(
        42,
        45,
        t("Together"),
        ((t("Figures"), t("both figures again")), ("V", t("the numbers as a table"))),
        (
            t("What would you need to know before you decide?"),
            t("What is followed up, by whom, and when is it time to stop?"),
        ),
        (*sums, t("A comparison group, a date for the next decision, and someone who owns it.")),
    )


def _answer(comparison: Comparison, which: Which) -> str:
    """Return what became of the cost in a figure, as its series say; else what to look at."""
    side = comparison.side(which)
    claims = ". ".join(filter(None, (cost_claim(side), inflow_claim(side))))
    told = f"{claims}." if claims else conclusion(comparison, side)
    told = told or t("Look at where the curve with the investment ends.")
    return f"{number_of(which)}: {told}"


def _titled(comparison: Comparison, which: Which) -> str:
    arm = comparison.scenario.arms[comparison.side(which).arm]
    return f"{number_of(which)}: {arm.label.text}"

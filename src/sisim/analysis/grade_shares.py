"""How much of what moves a verdict rests on numbers of each grade."""

from __future__ import annotations

from sisim.analysis.switching_values import EVERY_EFFECT, Verdict
from sisim.scenario.types import Grade

WORST: Grade = "assumption"
"""The grade of a number that the file says nothing of."""


def grade_shares(found: Verdict) -> dict[str, float]:
    """Return the share of each grade in the squared moves of the net, one number at a time.

    Each number is taken alone to the end of its range at which the verdict is weakest. Were the net
    linear in the numbers and these independent, the shares would be those of its variance (the
    first-order indices of Sobol, "Sensitivity estimates for nonlinear mathematical models", 1993).

    Returns:
        Shares by grade, which sum to 1, the largest first; nothing where nothing moves the net.
    """
    moved: dict[str, float] = {}
    for one in found.numbers:
        if one.key != EVERY_EFFECT and one.move == one.move:
            grade = one.grade or WORST
            moved[grade] = moved.get(grade, 0.0) + one.move**2
    total = sum(moved.values())
    if not total:
        return {}
    return {grade: moved[grade] / total for grade in sorted(moved, key=lambda g: -moved[g])}

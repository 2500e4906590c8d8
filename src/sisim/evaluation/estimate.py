"""An estimate: what an evaluation says of an effect, and how sure it is.

All estimators read one table of people, a row per person in the study:

| column | what it holds |
|---|---|
| `person` | any identity |
| `area` | str |
| `index` | float, the decimal calendar year from which the person is followed |
| `year` | int, the calendar year of `index` |
| `treated` | bool, offered or treated by the design |
| `post` | bool, whether `index` is in the investment's period |
| `outcome` | float, unwanted outcomes (or units, or kronor) within the follow-up; NaN is lost |
| `before` | float, the same over as many months before `index` (only where asked for) |
| `score` | float, what a threshold is put on (only where asked for) |
| `cluster` | str (only where asked for) |

and the columns to adjust for or match on, under their names. An effect is the number of unwanted
outcomes that are *avoided* per person: comparison minus treated. The same code answers for
simulated people and for real ones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import special

from sisim.arrays import Flags, Floats
from sisim.scenario.errors import Reason

NAN = float("nan")
ALPHA = 0.05
"""How often an interval misses, where nothing else is said."""
FEWEST = 2
"""Fewer people in a group cannot tell how much people differ."""


@dataclass(frozen=True)
class Estimate:
    """What an evaluation says.

    Attributes:
        value: Unwanted outcomes avoided per person: comparison minus treated; NaN if it failed.
        error: The standard error of `value`.
        low: The lower end of its interval, which misses with the chance alpha.
        high: The upper end.
        p: How often luck alone would give as large an effect, either way (two-sided).
        n_treated: How many treated people it rests on.
        n_comparison: How many people they are compared with.
        clusters: How many clusters (areas where the table has no column of them) they come from.
        lost_treated: Treated people whose outcome, or a column that is asked for, is not known.
        lost_comparison: The same of the comparison.
        baseline_gap_sd: The largest difference at the start between the groups, in standard
            deviations, treated minus comparison, over the columns adjusted for or matched on, and
            `before` if it is known; NaN where there are none.
        failed: Why there is no estimate; None if there is one.
    """

    value: float = NAN
    error: float = NAN
    low: float = NAN
    high: float = NAN
    p: float = NAN
    n_treated: int = 0
    n_comparison: int = 0
    clusters: int = 0
    lost_treated: int = 0
    lost_comparison: int = 0
    baseline_gap_sd: float = NAN
    failed: Reason | None = None

    def row(self) -> dict[str, float | str]:
        """Return it as a row of draws: `value` as `estimate`, and `failed` as its message or "".

        The message is in English, as the catalogue of translations has it.
        """
        row = {one.name: getattr(self, one.name) for one in fields(self)}
        failed = "" if self.failed is None else self.failed.message
        return {"estimate": row.pop("value"), **row, "failed": failed}


class NotEstimable(ValueError):  # noqa: N818 - it says what is the case
    """The effect cannot be estimated from these people; `why` says what is missing."""

    def __init__(self, why: Reason) -> None:
        super().__init__(why)
        self.why = why

    def __str__(self) -> str:
        return self.why.text


class Contrast(NamedTuple):
    """What an estimator works out, before it is told with its interval.

    Attributes:
        value: The effect.
        error: Its standard error.
        freedom: Degrees of freedom of the error (Student's t); infinite: normal.
        exact: An interval and a p-value that do not rest on the error, (low, high, p).
        used: Which of the people it rests on, (people,); None: all.
    """

    value: float
    error: float
    freedom: float = np.inf
    exact: tuple[float, float, float] | None = None
    used: Flags | None = None


class Followed(NamedTuple):
    """People whose outcomes are known.

    Attributes:
        table: Their rows.
        outcome: Their outcomes, (people,).
        treated: Who is treated, (people,).
    """

    table: pd.DataFrame
    outcome: Floats
    treated: Flags


def answer(
    people: pd.DataFrame,
    found: Callable[[Followed], Contrast],
    *,
    alpha: float = ALPHA,
    columns: Sequence[str] = (),
    also: Sequence[str] = (),
) -> Estimate:
    """Return the estimate that an estimator finds among those whose outcomes are known.

    Args:
        people: The table of people, lost ones included.
        found: The estimator. What it cannot do it tells by raising `NotEstimable`.
        alpha: How often the interval may miss.
        columns: Background columns that are adjusted for or matched on: whoever lacks one is lost,
            and the groups' gap at the start is measured in them.
        also: Further columns whose lack loses a person.

    Raises:
        KeyError: If a column is missing.
    """
    treated = people["treated"].to_numpy(bool)
    known = np.isfinite(people["outcome"].to_numpy(float))
    for name in (*columns, *also):
        known &= _known(people[name])
    whole = bool(known.all())
    table = people if whole else people[known]
    followed = Followed(table, table["outcome"].to_numpy(float), treated[known])
    lost = (int((treated & ~known).sum()), int((~treated & ~known).sum()))
    one, why = _tried(found, followed)
    low, high, p = one.exact or _interval(one, alpha)
    mine = followed.treated if one.used is None else followed.treated[one.used]
    groups = table["cluster" if "cluster" in table else "area"]
    gaps = [*columns, *(["before"] if "before" in table and "before" not in columns else [])]
    return Estimate(
        float(one.value),
        float(one.error),
        float(low),
        float(high),
        float(p),
        n_treated=int(mine.sum()),
        n_comparison=int((~mine).sum()),
        clusters=int((groups if one.used is None else groups[one.used]).nunique()),
        lost_treated=lost[0],
        lost_comparison=lost[1],
        baseline_gap_sd=baseline_gap(table, followed.treated, gaps),
        failed=why,
    )


def _known(column: pd.Series) -> Flags:
    """Return where a column says something; an infinite number says nothing."""
    if pd.api.types.is_float_dtype(column):
        return np.asarray(np.isfinite(column.to_numpy(float, na_value=NAN)), bool)
    return np.asarray(column.notna(), bool)


def _tried(
    found: Callable[[Followed], Contrast], followed: Followed
) -> tuple[Contrast, Reason | None]:
    """Return what is found, or why it is no number with an error."""
    nothing = Contrast(NAN, NAN)
    try:
        one = found(followed)
    except NotEstimable as failure:
        return nothing, failure.why
    except np.linalg.LinAlgError:
        return nothing, Reason("the figures do not tell its parts from each other")
    if not np.isfinite(one.value):
        return nothing, Reason("the figures do not tell its parts from each other")
    if not (np.isfinite(one.error) and one.error > 0):
        return nothing, Reason("the outcomes do not differ enough to tell luck from effect")
    return one, None


def _interval(found: Contrast, alpha: float) -> tuple[float, float, float]:
    """Return the ends of the interval and the two-sided p-value (Student's t, or normal)."""
    if np.isnan(found.error):
        return NAN, NAN, NAN
    # `scipy.stats` has the same, a hundred times slower.
    size = abs(found.value) / found.error
    if np.isinf(found.freedom):
        wide, p = float(special.ndtri(1 - alpha / 2)), 2 * float(special.ndtr(-size))
    else:
        wide = float(special.stdtrit(found.freedom, 1 - alpha / 2))
        p = 2 * float(special.stdtr(found.freedom, -size))
    return found.value - wide * found.error, found.value + wide * found.error, p


def baseline_gap(table: pd.DataFrame, treated: Flags, columns: Sequence[str]) -> float:
    """Return the largest standardised difference between treated and comparison.

    A column of categories counts as one column for each category. The standard deviation is that
    within the groups, each of equal weight (Rosenbaum & Rubin 1985). NaN without columns, or where
    a group is empty.
    """
    if not len(columns) or treated.all() or not treated.any():
        return NAN
    x = design_matrix(table, columns, every=True)
    a, b = x[treated], x[~treated]
    within = np.sqrt((a.var(axis=0) + b.var(axis=0)) / 2)
    apart = a.mean(axis=0) - b.mean(axis=0)
    told = within > 0
    if not told.any():
        return NAN if np.any(apart != 0) else 0.0
    gaps = apart[told] / within[told]
    return float(gaps[np.argmax(np.abs(gaps))])


def centred(x: Floats) -> Floats:
    """Return columns about their means and on one scale, without those that never differ."""
    spread = x.std(axis=0)
    kept = spread > 0
    return np.asarray((x[:, kept] - x[:, kept].mean(axis=0)) / spread[kept])


def design_matrix(table: pd.DataFrame, columns: Sequence[str], *, every: bool = False) -> Floats:
    """Return columns as numbers, (people, columns); categories are indicators, 0 or 1.

    Args:
        table: The people.
        columns: Which columns; those that hold no numbers are categories.
        every: An indicator for each category, and not for all but the first.
    """
    parts: list[Any] = []
    for name in columns:
        column = table[name]
        if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
            parts.append(column.to_numpy(float)[:, None])
        else:
            codes, names = pd.factorize(column, sort=True)
            parts.append((codes[:, None] == np.arange(0 if every else 1, len(names))).astype(float))
    return np.hstack(parts) if parts else np.empty((len(table), 0))


def events(outcome: Floats) -> bool:
    """Return whether outcomes are events that happen or not (0 or 1), and no other amounts."""
    return bool(np.isin(outcome, (0.0, 1.0)).all())


def enough(*groups: int) -> None:
    """Check that every group has people enough to tell how they differ.

    Raises:
        NotEstimable: If one has not.
    """
    fewest = min(groups)
    if fewest == 0:
        raise NotEstimable(Reason("a group that is compared is empty"))
    if fewest < FEWEST:
        raise NotEstimable(Reason("a group that is compared has a single person"))

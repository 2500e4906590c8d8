"""What was put right by rule as an extract was read, told by the numbers of its rows.

Registers have rows twice, rows that overlap, sums and footnotes. What a rule settles is told; what
no rule settles is refused (`spell_table`).
"""

from __future__ import annotations

from collections import defaultdict
from typing import Literal

Settled = Literal["repeated", "joined", "shortened", "left_out", "timeless", "below"]
"""A row that is the same as another; that overlaps another in the same state, with which it is
joined; that ends where a later one begins; whose state is left out; that lasts no time; that stands
below the table."""


class ReadingNotes:
    """The numbers of the rows that a rule has settled, by the rule."""

    def __init__(self) -> None:
        self._rows: dict[Settled, list[int]] = defaultdict(list)

    def add(self, rule: Settled, row: int) -> None:
        """Note a row."""
        self._rows[rule].append(row)

    def rows(self, rule: Settled) -> tuple[int, ...]:
        """Return the numbers of the rows that a rule has settled, in order."""
        return tuple(sorted(set(self._rows[rule])))

"""Extracts of registers from lives in continuous time, drawn with rates that are known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

PATHWAY = Path(__file__).parent / "register-pathway.toml"
HEAD = "lopnr;placform;start;slut;fodd"
STATES = '{ "Hemma" = "home", "HVB" = "care" }'
COLUMNS = '{ person = "lopnr", state = "placform", from = "start", to = "slut", born = "fodd" }'
FIRST, LAST = 2019, 2025
"""Between which years, both included, the registers here are kept."""
MOST_RATE = 5.0


class Placement(NamedTuple):
    """A time in care or at home: who, where, from when until when (years), and the birth."""

    person: int
    place: str
    start: float
    end: float
    born: float


def teens(age: float) -> float:
    """Return how many times as often care begins at an age."""
    return 3.0 if 13 <= age < 18 else 1.0


def first_half(years: float) -> float:
    """Return how many times as often care ends after so long in it."""
    return 2.0 if years < 0.5 else 1.0


def lives(
    seed: int,
    people: int = 1000,
    *,
    begins: float = 0.2,
    ends: float = 1.0,
    factor: Callable[[float], float] = teens,
) -> list[Placement]:
    """Return lives from birth to the end of the register, by thinning (Lewis & Shedler 1979)."""
    rng, found = np.random.default_rng(seed), list[Placement]()
    for person in range(people):
        now = born = float(rng.uniform(FIRST - 20, LAST - 2))
        place = "Hemma"
        since = now
        while now < LAST + 1:
            now += float(rng.exponential(1 / MOST_RATE))
            leaves = ends * first_half(now - since)
            rate = begins * factor(now - born) if place == "Hemma" else leaves
            if rng.uniform() < rate / MOST_RATE:
                found.append(Placement(person, place, since, now, born))
                place, since = ("HVB" if place == "Hemma" else "Hemma"), now
        found.append(Placement(person, place, since, now, born))
    return found


def day(years: float) -> date:
    """Return the day of a time in years."""
    year = int(np.floor(years))
    first = date(year, 1, 1)
    return first + timedelta(days=int((years - year) * (date(year + 1, 1, 1) - first).days))


def register(placements: list[Placement], *, only: str | None = None) -> str:
    """Return the extract of a register that was kept from `FIRST` to `LAST`.

    Args:
        placements: The lives.
        only: The state that the register has rows of; unset: both.
    """
    rows = [HEAD]
    for one in placements:
        begins, ends = day(one.start), day(one.end)
        if ends.year < FIRST or begins == ends or only not in (None, one.place):
            continue
        end = "" if ends.year > LAST else ends.isoformat()
        rows.append(f"{one.person};{one.place};{begins};{end};{day(one.born)}")
    return "\n".join(rows) + "\n"


def estimation(folder: Path, text: str, *, lines: str = "", **more: Any) -> Path:
    """Write an extract and the file that describes it; return that file.

    Args:
        folder: Where.
        text: The extract.
        lines: Further lines of the table of the extract, and tables after it.
        more: `states`, `observed`, `columns`, `pathway`, `top` (lines above the tables), `file`.
    """
    name = more.get("file", "register.csv")
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    first, last = more.get("observed", (f"{FIRST}-01-01", f"{LAST}-12-31"))
    path = folder / "estimate.toml"
    path.write_text(
        f"""pathway = "{more.get("pathway", PATHWAY.as_posix())}"
source = "Eget register, Exempelstad 2019–2025"
residents = {more.get("residents", 20000)}
{more.get("top", "")}
[data.placements]
file = "{name}"
track = "care"
states = {more.get("states", STATES)}
observed = {{ from = "{first}", to = "{last}" }}
columns = {more.get("columns", COLUMNS)}
{lines}
""",
        encoding="utf-8",
    )
    return path

"""An invented municipality whose files are as real ones are: to learn on, and to test with.

Its 20 000 residents are simulated with the pathway of children and young people and some rates of
their own, so that what an estimation should find is known. Its extract of a register has the faults
that such extracts have: some are put right by rule, and some are refused until somebody decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from importlib import resources
from pathlib import Path
from typing import Literal

import numpy as np

from sisim.calibration.life_histories import histories, plain, run_logged
from sisim.calibration.targets import MEASURES, Histories
from sisim.engine.compile import compile_scenario
from sisim.estimation.number_prior import with_free_numbers
from sisim.loading.load import load_pathway
from sisim.scenario.numbers import numbers
from sisim.scenario.pathway import Pathway

PATHWAY, TRACK = "child-youth", "placement"
RESIDENTS, SEED = 20_000, 2026
FIRST, LAST = 2019, 2025
"""The years of the register, both included."""
OWN = {
    "placed_for_behaviour": 1.3,
    "residential_ends": 0.7,
    "residential_breaks_down": 0.7,
    "placed_again": 1.5,
    "placed_again_after_institution": 1.5,
}
"""How many times the pathway's each rate is that is another there."""
FORMS = {
    "emergency": "Jourhem",
    "foster": "Familjehem",
    "foster_company": "Familjehem",
    "residential": "HVB",
    "secure": "SiS",
    "supported": "Stödboende",
}
"""What the register calls each state; it does not tell the two kinds of foster homes apart."""
HEAD = "Löpnr;Placeringsform;Från och med;Till och med;Född;Kön"
MOVED, DEAD = "Utflyttad", "Avliden"
OPEN = "9999-12-31"
"""How some systems write that a placement has not ended."""


@dataclass(frozen=True)
class Placement:
    """A row of the register.

    Attributes:
        person: A running number.
        form: What the register calls the state.
        start: The first day.
        end: The day after the last; None if it has not ended.
        born: The birth.
        sex: "K" or "M".
    """

    person: int
    form: str
    start: date
    end: date | None
    born: date
    sex: str

    @property
    def days(self) -> int:
        """How many days it lasts; 0 if it has not ended."""
        return (self.end - self.start).days if self.end else 0

    def line(self) -> str:
        """Return it as a line, whose last day is included in it."""
        last = self.end - timedelta(days=1) if self.end else ""
        return ";".join(map(str, (self.person, self.form, self.start, last, self.born, self.sex)))


def write_example(folder: Path) -> tuple[Path, ...]:
    """Write the files of the municipality, and return them.

    Args:
        folder: Where; it is made if it is not there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lived = example_lives()
    extract = "\r\n".join(awkward_extract(placements(lived))) + "\r\n"
    files = {
        "placeringar.csv": extract.encode("latin-1"),
        "nyckeltal.csv": key_figures(lived).encode("utf-8-sig"),
    }
    files |= {one.name: one.read_bytes() for one in sorted(_ready().glob("*.toml"))}
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return tuple(folder / name for name in files)


def write_estimation(folder: Path, *, prior: Literal["pathway", "none"] = "pathway") -> Path:
    """Write the estimation file alone, with an empty extract, and return it.

    Args:
        folder: Where.
        prior: Whether the pathway's numbers weigh in.
    """
    text = (_ready() / "estimate.toml").read_text(encoding="utf-8")
    transitions = load_pathway(PATHWAY).transitions
    own = [name for name, one in transitions.items() if one.track == TRACK and one.rate]
    text += "".join(f'[transitions.{name}]\nprior = "{prior}"\n' for name in own)
    (folder / "placeringar.csv").write_text(HEAD + "\n", encoding="latin-1", newline="\n")
    (folder / "estimate.toml").write_text(text, encoding="utf-8", newline="\n")
    return folder / "estimate.toml"


def example_lives(
    own: Mapping[str, float] = OWN, seed: int = SEED, residents: int = RESIDENTS
) -> Histories:
    """Return the lives of residents, observed for the years of the register.

    They are lived by weeks: placements end any day, and some after a few weeks.

    Args:
        own: How many times the pathway's rates are, by the name of the transition.
        seed: The seed.
        residents: How many people live there at a time.
    """
    pathway = load_pathway(PATHWAY).model_copy(update={"step": "week"})
    scenario = plain(pathway, residents=residents, years=LAST + 1 - FIRST)
    known = {path.removeprefix("pathway."): one.value for path, one in numbers(scenario)}
    paths = {f"transitions.{name}.rate": times for name, times in own.items()}
    values = {path: times * known[path] for path, times in paths.items()}
    return histories(run_logged(compile_scenario(with_free_numbers(scenario, values)), seed))


def placements(lived: Histories, seed: int = SEED) -> list[Placement]:
    """Return the placements that a register has which was kept from `FIRST` to `LAST`.

    A row tells of whom has moved away or died, where they had been placed in these years. Who was
    placed already when moving in is another municipality's until that placement ends.
    """
    rng = np.random.default_rng(seed)
    states = list(lived.pathway.tracks[TRACK].states)
    person, state, start, end = lived.tracks[TRACK]
    is_placed = np.isin(state, _placed(states))
    # Whoever moves does so on any of the seven days before the step from which it holds. In that
    # step, and not before, they may move again: a first placement begins with it, or placements
    # would be longer than their rates say by half a step.
    begins, leaves = rng.integers(-6, 1, len(person)), rng.integers(-6, 1, len(lived.born))
    begins[1:][is_placed[1:] & ~is_placed[:-1]] = 0
    days = rng.integers(0, 7, len(lived.born))
    gone = _gone(lived)
    found: dict[int, list[Placement]] = {}
    seen = (end > lived.first) & (start > lived.arrived[person])
    for at in np.flatnonzero(seen & is_placed):
        who = int(person[at])
        last = end[at] == lived.left[who]
        ends = int(leaves[who] if last else begins[at + 1])
        until = None if end[at] >= lived.horizon else _day(lived, int(end[at]), ends)
        own = found.setdefault(who, [])
        begin = _day(lived, int(start[at]), int(begins[at]))
        born = _day(lived, int(lived.born[who]), int(days[who]))
        sex = "MK"[int(lived.attributes["sex"][who]) == _girl(lived.pathway)]
        if until is None or begin < until:
            own.append(Placement(who, FORMS[states[state[at]]], begin, until, born, sex))
    for who, own in found.items():
        if own and who in gone and lived.left[who] < lived.horizon:
            left = _day(lived, int(lived.left[who]), int(leaves[who]))
            own.append(replace(own[-1], form=gone[who], start=left, end=None))
    numbered = enumerate((own for own in found.values() if own), 1001)
    return [replace(one, person=number) for number, own in numbered for one in own]


def awkward_extract(register: Sequence[Placement], seed: int = SEED) -> list[str]:
    """Return the lines of an extract with what is wrong in real ones.

    Put right by rule are a title above and a sum and a footnote below, rows twice, rows registered
    anew that overlap, times of the day, and placements without an end that end in the year 9999.
    Refused are placements that overlap, a form that the estimation file does not know, and one that
    ends before it begins.
    """
    rng = np.random.default_rng(seed)
    lines = [one.line() for one in register]

    def some(count: int, fits: Callable[[int], bool]) -> list[int]:
        able = [at for at in range(len(register) - 1) if at not in used and fits(at)]
        chosen = sorted(map(int, rng.choice(able, count, replace=False)))
        used.update(chosen, (at + 1 for at in chosen))
        return chosen

    used: set[int] = set()
    long = timedelta(days=60)
    for at in some(3, lambda at: _followed(register, at) and register[at + 1].days > 90):
        lines[at] = replace(register[at], end=register[at + 1].start + long / 2).line()
    for at in some(4, lambda at: (register[at].form, register[at].start.year) == ("Jourhem", LAST)):
        lines[at] = lines[at].replace("Jourhem", "Jourfamiljehem")
    for at in some(1, lambda at: _ended_in(register[at], 2022)):
        lines[at] = replace(register[at], end=_century_before(register[at].end)).line()
    for at in some(4, lambda at: register[at].days > 200):
        first = replace(register[at], end=register[at].start + 2 * long)
        again = replace(register[at], start=register[at].start + long)
        lines[at] = f"{first.line()}\n{again.line()}"
    for at in some(6, lambda at: register[at].days > 0):
        lines[at] = f"{lines[at]}\n{lines[at]}"
    for at in some(8, lambda at: register[at].days > 0):
        begin = register[at].start
        lines[at] = lines[at].replace(f";{begin};", f";{begin} 00:00:00;")
    for at in some(10, lambda at: register[at].end is None and register[at].form in FORMS.values()):
        lines[at] = replace(register[at], end=date(9999, 12, 31)).line().replace("9999-12-30", OPEN)
    body = [line for lines_ in lines for line in lines_.split("\n")]
    above = f"Uttag {LAST + 1}-03-02 ur verksamhetssystemet, placeringar {FIRST}–{LAST}"
    above = above.replace("–", "-")
    return [above, "", HEAD, *body, f"Summa;{len(body)};;;;", "* Påhittade uppgifter;;;;;"]


def key_figures(lived: Histories) -> str:
    """Return the key figures of the municipality as an export has them: a row a measure and sex."""
    lines = [f"Nyckeltal;Kommun;Kön;{';'.join(map(str, range(LAST - 3, LAST + 1)))}"]
    for name, (code, title) in _FIGURES.items():
        target = lived.pathway.targets[name]
        for sex, where in {"T": None, "K": "girl", "M": "boy"}.items():
            cells = []
            for year in range(LAST - 3, LAST):
                own = lived.whole_years().start + year - FIRST
                first, end = map(int, lived.year_start(np.array([own, own + 1])))
                one = replace(lived, first=first, horizon=end, _found={})
                arguments = target.arguments | (
                    {} if where is None else {"where": {"attribute.sex": where}}
                )
                value = MEASURES[target.measure](one, **arguments)
                small = where is not None and value < SMALL
                cells.append("X" if small else f"{value:.1f}".replace(".", ","))
            what = f"{title} ({code}), antal per 1 000;9999 Exempelstad;{sex}"
            lines.append(f"{what};{';'.join(cells)};..")
    lines += [
        "",
        "X = dolt värde. Uppgifter för 2025 publiceras senare.",
        "Källa: Exempelstad (påhittad)",
    ]
    return "\r\n".join(lines) + "\r\n"


SMALL = 7.0
"""Of one sex, lower values than this are hidden."""
_FIGURES = {
    "placed_0_12": ("U90001", "Barn 0–12 år, placerade under året"),
    "placed_13_17": ("U90002", "Unga 13–17 år, placerade under året"),
}


def _ready() -> Path:
    """Return the folder of the files that describe the municipality."""
    return Path(str(resources.files("sisim"))) / "data" / "example"


def _placed(states: Sequence[str]) -> list[int]:
    return [states.index(name) for name in FORMS]


def _girl(pathway: Pathway) -> int:
    return list(pathway.attributes["sex"].shares).index("girl")


def _gone(lived: Histories) -> dict[int, str]:
    """Return what the register writes of those who are there no more, by person."""
    words = {"residence.moved_out": MOVED, "residence.dead": DEAD}
    return {int(who): word for exit_, word in words.items() for who in lived.exits.get(exit_, ())}


def _day(lived: Histories, step: int, day: int) -> date:
    """Return a day of a step, counted from 0."""
    return date(FIRST, 1, 1) + timedelta(days=7 * (step - lived.first) + day)


def _followed(register: Sequence[Placement], at: int) -> bool:
    """Return whether another placement begins the day that one ends, in another form."""
    one, after = register[at], register[at + 1]
    same = one.person == after.person and one.end == after.start
    return same and one.form != after.form and after.form in FORMS.values()


def _ended_in(one: Placement, year: int) -> bool:
    return one.end is not None and one.end.year == year and one.end.month > 1


def _century_before(day: date | None) -> date | None:
    return day and day.replace(year=day.year - 100)

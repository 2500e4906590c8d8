"""One person's lives side by side, why each risk was what it was, and what is used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from io import StringIO
from itertools import groupby

from rich import box
from rich.console import Console
from rich.table import Table

from sisim.engine.trace import LifeHistory, Moment, Risk, Traced
from sisim.i18n import n_, t
from sisim.report.formats import NBSP, listing
from sisim.report.risk_words import GLUE, Words, figures, percent
from sisim.report.use_words import UseWords

WIDTH = 120
"""Characters of a line, at most."""
GONE = ""

Row = tuple[int, str, tuple[str, ...]]
"""A step, a track ("" for all of them), and the label of the state in each column."""


def explanation(found: Traced) -> str:
    """Return one person's lives in every arm, side by side, and what each risk was made of."""
    text = told(found.history, Words(found.compiled))
    return text if found.differing is None else f"{_chosen(found.differing)}\n\n{text}"


def told(found: LifeHistory, words: Words) -> str:
    """Return one person's lives side by side, and why they part."""
    lives = [*_side_by_side(found, words), *_why(found, words), *_used(found, words)]
    return "\n".join([*_who(found, words), "", *lives])


# ---------------------------------------------------------------------------- who


def _chosen(differing: int) -> str:
    if not differing:
        return t("Nobody's life differs between the arms of this run. This is the first person.")
    return n_(
        "The life of one person differs between the arms of this run. This is that person.",
        "The lives of {n} people differ between the arms of this run. This is the first of them; "
        "--person chooses another.",
        differing,
        n=figures(differing, 9),
    )


def _who(found: LifeHistory, words: Words) -> Iterator[str]:
    area = words.area(found.key.partition("/")[0])
    yield found.key
    if found.arrive > found.born:
        yield t(
            "Born {born}. Moved to {area} {arrive}, aged {age}.",
            area=area,
            born=words.month(found.born),
            arrive=words.month(found.arrive),
            age=words.years(found.arrive - found.born),
        )
    else:
        yield t("Born {born}. Lives in {area}.", born=words.month(found.born), area=area)
    if found.attributes:
        yield ". ".join(words.attribute(*item) for item in found.attributes.items()) + "."
    for arms in _alike(found.treatments):
        for investment, start, end in found.treatments[arms[0]]:
            yield t(
                "{investment} ({arms}): {first} to {last}.",
                investment=words.investment(investment),
                arms=_named(arms, words),
                first=words.month(start),
                last=t("the end of the run") if end is None else words.month(max(end - 1, start)),
            )
    if not found.treatments:
        yield t("Has taken part in no investment.")


def _alike(by_arm: Mapping[str, object]) -> list[list[str]]:
    """Return the arms in groups that are the same."""
    groups: list[list[str]] = []
    for arm, content in by_arm.items():
        same = next((group for group in groups if by_arm[group[0]] == content), None)
        if same is None:
            groups.append([arm])
        else:
            same.append(arm)
    return groups


def _named(arms: Sequence[str], words: Words) -> str:
    return listing([words.arm(arm) for arm in arms])


# ---------------------------------------------------------------------------- side by side


def _side_by_side(found: LifeHistory, words: Words) -> Iterator[str]:
    """Say in which months the lives differ, and how; or what the life is that they all share."""
    columns = _alike(found.states)
    alone = len(columns) == 1
    if alone:
        yield t("The life is the same in every arm:")
    else:
        yield t("Where the lives differ:")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(t("from"), no_wrap=True)
    table.add_column(t("to"), no_wrap=True)
    table.add_column(t("track"))
    for arms in columns:
        table.add_column(t("in every arm") if alone else _named(arms, words))
    for first, last, track, labels in _runs(_rows(found, columns, words)):
        name = words.track(track) if track else t("everything")
        table.add_row(words.month(first), words.month(last), name, *labels)
    yield _text(table)


def _rows(found: LifeHistory, columns: list[list[str]], words: Words) -> Iterator[Row]:
    """Yield what to show: every track in which the columns differ, step by step."""
    lived = [found.states[arms[0]] for arms in columns]
    tracks = list(lived[0])
    begun = max(found.arrive, 0)
    for step in range(begun, len(lived[0][tracks[0]])):
        here = [life[tracks[0]][step] != GONE for life in lived]
        if not any(here):
            continue
        if not all(here):
            # Whoever is gone is gone from every track at once: that is said once.
            texts = (t("lives here"), t("is no longer here"))
            yield step, "", tuple(texts[0] if present else texts[1] for present in here)
            continue
        for track in tracks:
            names = [life[track][step] for life in lived]
            if len(names) == 1 or len(set(names)) > 1:
                yield step, track, tuple(words.state(track, name) for name in names)


def _runs(rows: Iterator[Row]) -> list[tuple[int, int, str, tuple[str, ...]]]:
    """Return unbroken stretches of equal rows as (first step, last step, track, labels)."""
    by_track = sorted(rows, key=lambda row: (row[1], row[0]))
    # Step minus place is the same throughout an unbroken stretch.
    stretches = groupby(enumerate(by_track), key=lambda item: (*item[1][1:], item[1][0] - item[0]))
    runs = []
    for _, stretch in stretches:
        inside = [row for _, row in stretch]
        runs.append((inside[0][0], inside[-1][0], inside[0][1], inside[0][2]))
    return sorted(runs)


# ---------------------------------------------------------------------------- why


def _why(found: LifeHistory, words: Words) -> Iterator[str]:
    """Say, for each parting, the draw and what each arm's chances were made of."""
    if not found.moments:
        return
    yield t("Why: base × factors, for every step in which somebody moved and the arms differ.")
    yield t("The draw is the same in every arm; whoever's chance of leaving is above it leaves.")
    partings = groupby(found.moments, key=lambda moment: (moment.step, moment.track, moment.draw))
    for (step, track, draw), moments in partings:
        yield ""
        yield t(
            "{month}, {track}: the draw is {draw}.",
            month=words.month(step),
            track=words.track(track),
            draw=percent(draw),
        )
        by_arm = {moment.arm: moment for moment in moments}
        content = {arm: (m.state, m.became, _at_work(m)) for arm, m in by_arm.items()}
        for arms in _alike(content):
            yield from _parting(by_arm[arms[0]], _named(arms, words), words)


def _at_work(moment: Moment) -> list[Risk]:
    """Return the risks there are, without effects that are not yet, or no longer, at work."""
    return [
        replace(risk, factors=tuple(f for f in risk.factors if not (f.is_effect and f.value == 0)))
        for risk in moment.risks
        if risk.chance
    ]


def _parting(moment: Moment, arms: str, words: Words) -> Iterator[str]:
    was = words.state(moment.track, moment.state)
    chance = percent(sum(risk.chance for risk in moment.risks))
    if moment.became == moment.state:
        said = t(
            "{arms}: {state}, stays (chance of leaving {chance}).",
            arms=arms,
            state=was,
            chance=chance,
        )
    else:
        became = (
            t("is no longer here")
            if moment.became == GONE
            else words.state(moment.track, moment.became)
        )
        said = t(
            "{arms}: {state} → {became} (chance of leaving {chance}).",
            arms=arms,
            state=was,
            became=became,
            chance=chance,
        )
    yield f"  {said}"
    table = Table.grid(padding=(0, 1))
    for _ in range(2):
        table.add_column(overflow="fold")
    # What a product comes to stands after its last factor.
    table.add_column(overflow="fold", vertical="bottom")
    table.add_column(justify="right", vertical="bottom")
    for risk in _at_work(moment):
        table.add_row(
            f"    {words.transition(risk.transition)}:",
            words.product(risk),
            f"= {words.value(risk)}",
            f"→ {percent(risk.chance)}",
        )
        if destinations := words.destinations(risk):
            table.add_row("", t("to {states}", states=destinations), "", "")
    if table.row_count:
        yield _text(table)


# ---------------------------------------------------------------------------- what is used


def _used(found: LifeHistory, words: Words) -> Iterator[str]:
    """Say what is used in the states and at the moves that were shown: amount x factors."""
    rows = list(UseWords(words).rows(_shown_states(found, words), _shown_moves(found, words)))
    if not rows:
        return
    yield ""
    yield t("What is used there: amount × factors, with effects at full strength.")
    table = Table.grid(padding=(0, 1))
    for _ in range(3):
        table.add_column(overflow="fold")
    before = ""
    for what, amount, how in rows:
        table.add_row(f"  {what}:" if what != before else "", amount, how)
        before = what
    yield _text(table)


def _shown_states(found: LifeHistory, words: Words) -> list[tuple[str, str]]:
    """Return the states in which the lives differ, or of the life that they all share."""
    columns = _alike(found.states)
    lived = [found.states[arms[0]] for arms in columns]
    begun = max(found.arrive, 0)
    shown = {
        (track, state)
        for track in lived[0]
        for states in zip(*(life[track][begun:] for life in lived), strict=True)
        if len(states) == 1 or len(set(states)) > 1
        for state in states
    }
    return [one for one in words.compiled.states if one in shown]


def _shown_moves(found: LifeHistory, words: Words) -> list[str]:
    """Return the transitions that may have led to where somebody came as lives parted."""
    transitions = words.pathway.transitions
    moved = {
        risk.transition
        for moment in found.moments
        for risk in moment.risks
        if risk.chance and moment.became in transitions[risk.transition].to
    }
    return [name for name in transitions if name in moved]


def _text(table: Table) -> str:
    """Return a table as plain text."""
    page = StringIO()
    Console(file=page, width=WIDTH, color_system=None, force_terminal=False).print(table)
    lines = page.getvalue().replace(GLUE, " ").replace(NBSP, " ").splitlines()
    return "\n".join(line.rstrip() for line in lines)

"""The silo game as a picture, tables and words: who says yes, what is left undone, who bears it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sisim.analysis.silo import LIKE_IT, SiloGame
from sisim.economics.applications import BELIEFS, TERMS, Terms
from sisim.economics.ledger import ORE
from sisim.economics.wrong_pockets import REGIMES, Regime
from sisim.i18n import t
from sisim.report.analysis.analysis_frame import (
    Subject,
    answer_chart,
    records,
    row_axis,
    with_room,
)
from sisim.report.chart.chart import (
    Axis,
    Bars,
    Chart,
    Column,
    Key,
    Mark,
    Panel,
    Points,
    Rule,
    Shape,
    Word,
    value_axis,
)
from sisim.report.chart.matplotlib_painter import paint
from sisim.report.formats import Unit, decimal, listing, lower, money, runs_of, share_of, unit_for
from sisim.report.present_value import worth_words

DONE, UNDONE, UNIT, FUND = "lower", "extra", "#D55E00", "with"

LEAST = 0.01
"""Chances nearer to none or to certain than this are not told more closely."""


class SiloWords:
    """What is told of a silo game, in the reader's language.

    Args:
        game: The game.
        names: What each project is called.
    """

    def __init__(self, game: SiloGame, names: dict[str, str]) -> None:
        self.game, self.names = game, names
        self._scenario = game.projects[0].result.scenario

    def regime(self, regime: Regime) -> str:
        """Return what a regime is called."""
        own = dict.fromkeys(self.game.rules.principals[one.delivers] for one in self.game.projects)
        joint = dict.fromkeys([*own, *self.game.rules.joint])
        match regime:
            case "alone_one_year":
                return t("Each alone, for one year")
            case "alone":
                return t("Each alone")
            case "principal":
                return t("A fund: {principal}", principal=self._principals(list(own)))
            case "joint":
                return t("Together: {principals}", principals=self._principals(list(joint)))
            case _:
                return t("Everybody together")

    def party(self, name: str) -> str:
        """Return what an administration, a fund or a private party is called."""
        for one in self.game.projects:
            label = one.result.scenario.payer_label(name).text
            if label != name:
                return label
        return name

    def done(self, regime: Regime) -> str:
        """Return which projects are done in a regime."""
        return self.listed(self.game.decided[regime].accepted)

    def listed(self, projects: Iterable[str]) -> str:
        """Return some projects by what they are called."""
        every = list(projects)
        if not every:
            return t("none")
        if len(every) == len(self.names) > 1:
            return t("all")
        return listing([self.names[name] for name in every])

    def _principals(self, keys: list[str]) -> str:
        known = {
            key: principal.label.text
            for one in self.game.projects
            for key, principal in one.result.scenario.pathway.principals.items()
        }
        return listing([lower(known.get(key, key)) for key in keys])


def model_label(model: str) -> str:
    """Return what an incentive model (one of `MODELS`) is called."""
    return {
        "alone": t("Alone"),
        "fund_not_repaid": t("Fund, not repaid"),
        "fund_repaid": t("Fund, repaid"),
        "contract": t("Outcome contract"),
    }[model]


# ------------------------------------------------------------------------ tables


def answer_table(said: SiloWords) -> pd.DataFrame:
    """Return who says yes to what, in words: a row per project, a column per regime."""
    game = said.game
    rows = []
    for project, one in zip(game.projects, game.proposals, strict=True):
        row: dict[str, object] = {
            t("Project"): said.names[one.name],
            t("Delivered by"): said.party(project.delivers),
            t("Costs"): money(float(one.cost.mean())),
        }
        for regime in REGIMES:
            answer = game.decided[regime].answers[one.name]
            yes = t("yes") if answer.yes else t("no")
            told = (
                yes if one.name not in game.unsure(regime) else t("{answer} (not told)", answer=yes)
            )
            row[said.regime(regime)] = told
        rows.append({**row, t("Worth to all"): money(one.value)})
    return pd.DataFrame(rows)


def dependence_table(said: SiloWords) -> pd.DataFrame:
    """Return whose reductions hang on whose payments, in words: a row per payer."""
    found = said.game.dependence()
    found = found[found["reduced"].abs() > ORE]
    columns = dict.fromkeys(found["administration"])
    rows = []
    for payer, own in found.groupby("payer", sort=False):
        amounts = dict(zip(own["administration"], own["reduced"], strict=True))
        row: dict[str, object] = {t("If this payer says no"): said.party(str(payer))}
        for name in columns:
            row[said.party(str(name))] = money(amounts[name]) if name in amounts else "–"
        rows.append(row)
    return pd.DataFrame(rows)


def model_table(said: SiloWords) -> pd.DataFrame:
    """Return the incentive models side by side, in words: a row per project and model."""
    rows = []
    every = said.game.models
    for (project, model), own in every.groupby(["project", "model"], sort=False):
        pays = own[own["pays"] > ORE]
        first = pays[pays["first"] == pays["first"].min()] if len(pays) else pays
        gains = own[own["net"] > ORE]
        bears = own[own["loses"] > 0]
        rows.append(
            {
                t("Project"): said.names[str(project)],
                t("Model"): model_label(str(model)),
                t("Pays first"): _parties(said, first, "first"),
                t("Pays in the end"): _parties(said, pays, "pays"),
                t("Bears the risk"): _parties(said, bears, "loses"),
                t("Gains"): _parties(said, gains, "net"),
            }
        )
    return pd.DataFrame(rows)


def _parties(said: SiloWords, rows: pd.DataFrame, column: str, most: int = 3) -> str:
    """Return the parties of some rows, the largest first, each with its amount."""

    def told(value: float) -> str:
        if column == "first":
            return str(int(value))
        return share_of(value) if column == "loses" else money(value)

    ordered = rows.sort_values(column, ascending=False, kind="stable")[:most]
    found = [f"{said.party(row.party)} {told(getattr(row, column))}" for row in records(ordered)]
    return ", ".join(found) or t("nobody")


# ------------------------------------------------------------------------ words


def sentences(said: SiloWords) -> list[str]:
    """Return what the game comes to, a sentence a line."""
    return list(_sentences(said))


def _sentences(said: SiloWords) -> Iterator[str]:
    game = said.game
    for regime in REGIMES:
        found = game.decided[regime]
        yield t(
            "{regime}: {done}; worth {value} to all, and {undone} is left undone.",
            regime=said.regime(regime),
            done=said.done(regime),
            value=_amount(found.value),
            undone=_amount(found.undone),
        )
    harmful = game.decided["alone"].harm
    if harmful > ORE:
        yield t(
            "What each does alone costs others more than it saves by {amount}.",
            amount=money(harmful),
        )
    unsure = dict.fromkeys(name for regime in REGIMES for name in game.unsure(regime))
    if unsure:
        yield t(
            "Whether it is yes or no is not told by these runs in some regime for: {names}. Ask "
            "for more (--replications).",
            names=listing([said.names[name] for name in unsure]),
        )
    yield from _risk_words(said)
    yield from _applications(said)
    yield upper_bound()


def terms_words(terms: Terms) -> str:
    """Return what a fund is repaid, within a sentence."""
    return {
        "free": t("nothing is repaid"),
        "strict": t("all is repaid, whatever comes of it"),
        "capped": t("what falls in the applicant's own costs is repaid"),
    }[terms]


def applications_table(said: SiloWords) -> pd.DataFrame:
    """Return which applications come to a fund, as a reader has it."""
    table = said.game.applications()
    rows = []
    for terms, belief in product(TERMS, BELIEFS):
        own = table[(table["terms"] == terms) & (table["belief"] == belief)]
        comes = own[own["comes"]]
        rows.append(
            {
                t("If"): terms_words(terms),
                t("Believed of the effect"): share_of(belief),
                t("Applied for"): said.listed(comes["project"]),
                t("Worth to all if it works"): money(float(own["value"].sum())),
                t("The fund gets back if it works"): money(float(own["repaid"].sum())),
                t("Paid if nothing works"): money(float(own["wasted"].sum())),
            }
        )
    return pd.DataFrame(rows)


def _applications(said: SiloWords) -> Iterator[str]:
    """Yield what strict repayment does to which applications come, and what it guards against."""
    table = said.game.applications()
    believed = table[table["belief"] == 1.0].set_index(["terms", "project"])
    strict, free = believed.loc["strict"], believed.loc["free"]
    missed = [name for name in strict.index[~strict["comes"]] if free.loc[name, "value"] > ORE]
    if missed:
        yield t(
            "If all that a fund pays must be repaid, {names} would not be applied for even by who "
            "believes in the effect, though worth {value} to all: what is gained falls late, or in "
            "others' purses. If only what falls in one's own costs is repaid, it is applied for, "
            "but so is what nobody believes in.",
            names=said.listed(missed),
            value=_amount(float(free.loc[missed, "value"].sum())),
        )
    else:
        yield t(
            "If all that a fund pays must be repaid, all that is worth doing is applied for by who "
            "believes in the effect, and nothing by who does not."
        )
    unsure = list(dict.fromkeys(table.loc[~table["told"], "project"]))
    if unsure:
        yield t(
            "Whether it is applied for is not told by these runs: {names}.",
            names=said.listed(unsure),
        )


def upper_bound() -> str:
    """Return what the game leaves out, as a sentence."""
    return t(
        "A decider may know more than its own purse, and care about more: this is an upper bound "
        "on the silo effect."
    )


def _amount(amount: float) -> str:
    """Return an amount as a sentence has it."""
    return t("nothing") if abs(amount) <= ORE else money(amount)


def _chance(chance: float, *, certain: bool) -> str:
    """Return a chance in percent: that of a normal tail is neither 0 nor 1, however near."""
    if not certain and chance < LEAST:
        return t("less than {share}", share=share_of(LEAST))
    if not certain and chance > 1 - LEAST:
        return t("more than {share}", share=share_of(1 - LEAST))
    return share_of(chance)


def _risk_words(said: SiloWords) -> Iterator[str]:
    risks = said.game.risks()
    own, runs = risks[risks["project"] != ""], len(said.game.projects[0].result.seeds)
    if own["deviation"].isna().all():
        return
    for name in dict.fromkeys(own["project"]):
        unit, fund = (
            next(r for r in records(own) if r.project == name and r.bearer == bearer)
            for bearer in ("unit", "fund")
        )
        delivers = next(one.delivers for one in said.game.projects if one.name == name)
        yield t(
            "{project}: {administration} alone would lose in {unit}, a fund in {fund}; {n} "
            "independent projects like it in one fund would lose together with a chance of {like} "
            "(if normal).",
            project=said.names[name],
            administration=lower(said.party(delivers)),
            unit=runs_of(unit.loses, runs),
            fund=runs_of(fund.loses, runs),
            n=LIKE_IT,
            like=_chance(fund.like_it, certain=fund.deviation == 0),
        )


# ------------------------------------------------------------------------ picture


def draw_silo(subject: Subject, said: SiloWords) -> Figure:
    """Draw `silo_chart`."""
    return paint(silo_chart(subject, said))


def silo_chart(subject: Subject, said: SiloWords) -> Chart:
    """Return what is done and left undone in each regime, and who bears which risk.

    Args:
        subject: What is asked; its scenario is the first of the game.
        said: The game, in words.
    """
    game = said.game
    table = game.regimes()
    reach = [table["value"].abs().max(), (table["value"] + table["undone"]).max(), 1.0]
    unit = unit_for(float(max(reach)))
    columns = [_regimes(said, table, unit)]
    risks = game.risks()
    if not risks["deviation"].isna().any():
        columns.append(_risks(said, risks))
    how = worth_words(subject.scenario.economy.discount_costs.value)
    return answer_chart(
        subject,
        t("Who says yes – and what is left undone?"),
        t(
            "Reduced costs that budgets see, less what it costs, {unit}, {how}",
            unit=unit.label(),
            how=how,
        ),
        columns,
        [
            t(
                "A decider says yes where the costs that fall in its own purse are at least what "
                "it pays. It may know more than that: an upper bound on the silo effect."
            ),
            *subject.few_runs,
        ],
        discounted=False,
    )


def _regimes(said: SiloWords, table: pd.DataFrame, unit: Unit) -> Column:
    at = -np.arange(len(table), dtype=float)
    value, undone = table["value"].to_numpy(float), table["undone"].to_numpy(float)
    start = np.maximum(value, 0.0)
    rows = row_axis(
        [(said.regime(r), t("Yes to: {projects}", projects=said.done(r))) for r in REGIMES]
    )
    words = [
        t("{value} done, {undone} left", value=_number(v, unit), undone=_number(u, unit))
        for v, u in zip(value, undone, strict=True)
    ]
    low, high = min(float(value.min()), 0.0), max(float((start + undone).max()), unit.size / 10)
    # Beside another column a text takes twice the share.
    low, high = with_room(low, high, after=[text + text for text in words])
    drawn, left = np.flatnonzero(np.abs(value) > ORE), np.flatnonzero(undone > ORE)
    marks: list[Mark] = [
        Bars("done", at[drawn], np.minimum(value, 0)[drawn], start[drawn], DONE, 0.5, across=True),
        Bars("undone", at[left], start[left], (start + undone)[left], UNDONE, 0.5, True, True),
        Rule("zero", 0.0, "y", width=1.5),
    ]
    for n, text in enumerate(words):
        marks.append(Word(f"said-{n}", text, float((start + undone)[n]), at[n], "left", (7, 0)))
    key = Key(DONE, t("done, worth to all")), Key(UNDONE, t("left undone"), True)
    panel = Panel("regimes", Axis(low, high, line=False), rows, tuple(marks))
    return Column((panel,), key=key, share=1.2)


def _number(amount: float, unit: Unit) -> str:
    return decimal(amount / unit.size, unit.digits)


def _risks(said: SiloWords, risks: pd.DataFrame) -> Column:
    """Return each project's result and its standard deviation, for the unit and for the fund."""
    names = [name for name in dict.fromkeys(risks["project"]) if name]
    pooled = len(names) > 1
    labels = [(said.names[name], "") for name in names]
    labels += [(t("All together in the fund"), "")] if pooled else []
    marks: list[Mark] = [Rule("zero", 0.0, "y", "rule", 1.5)]
    ends = [0.0]
    for row in records(risks):
        if not row.project and not pooled:
            continue
        place = names.index(row.project) if row.project else len(names)
        y = -place + (0.0 if not row.project else 0.16 if row.bearer == "unit" else -0.16)
        low, high = row.mean - row.deviation, row.mean + row.deviation
        color, name = (UNIT if row.bearer == "unit" else FUND), f"{row.project}-{row.bearer}"
        ends += [low, high]
        marks.append(Rule(f"range-{name}", y, "x", color, 4.0, ends=(low, high)))
        shape: Shape = "diamond" if row.bearer == "unit" else "circle"
        marks.append(
            Points(f"mean-{name}", np.array([row.mean]), np.array([y]), color, 12.0, shape)
        )
    low, high = min(ends), max(ends)
    room = 0.08 * (high - low) or 1.0
    unit = unit_for(max(abs(low), abs(high)))
    axis = value_axis(low - room, high + room, 4, unit.size)
    title = t("Result and its standard deviation, {unit}", unit=unit.label())
    key = (
        Key(UNIT, t("the administration alone"), shape="diamond"),
        Key(FUND, t("the fund"), shape="circle"),
    )
    return Column((Panel("risk", axis, row_axis(labels), tuple(marks), title),), key=key)

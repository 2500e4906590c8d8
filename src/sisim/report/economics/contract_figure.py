"""An outcome contract as a picture: its parties, what flows between them, what may come of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sisim.arrays import Floats
from sisim.economics.appraisal import BAND_FROM, RANGE
from sisim.economics.ledger import ORE
from sisim.economics.settlement import Settlement
from sisim.economics.valuation import Valuation
from sisim.i18n import n_, t
from sisim.report.administrations import hue_of
from sisim.report.chart.chart import (
    Axis,
    Bars,
    Chart,
    Column,
    Key,
    Line,
    Mark,
    Panel,
    Points,
    Rule,
    Word,
)
from sisim.report.comparison_text import footer
from sisim.report.economics.contract_words import (
    at_risk_words,
    bound,
    party_name,
    range_of,
    role_name,
    sentence,
    span_of,
)
from sisim.report.economics.money_frame import range_words
from sisim.report.formats import Unit, money, share_of, signed_money, spread, unit_for
from sisim.scenario.contract import Payment
from sisim.scenario.scenario import Scenario

ROW = 78.0
"""How high a row is, in pixels."""
ABREAST = 4
"""With more parties than this, the chances stand below what flows between them."""
TOLD = 5
"""A contract of more payments than this is told in the words beside the picture only."""
LEAST = 500.0
"""A smaller change of other costs is not told, SEK."""
WIDE, LETTER = 1240.0, 10.0
"""How wide a picture is within its edges, and a letter of what is told, about, in pixels."""


def contract_chart(result: Valuation, settled: Settlement) -> Chart:
    """Return the parties, what flows between them, and how likely each trigger or tier is.

    Each party has its line; each payment is an arrow from who pays to who receives.
    """
    scenario, contract = result.scenario, settled.contract
    runs = settled.facts.book.amounts.shape[0]
    said = n_("{n} run", "{n} runs", runs)
    under = t(
        "{arm}. Sums {years}, fixed prices {level}, {runs}.",
        arm=scenario.arms[settled.arm].label.text,
        years=span_of(int(settled.years[0]), int(settled.years[-1])),
        level=scenario.economy.price_level,
        runs=t("mean of {runs}", runs=said) if runs > 1 else said,
    )
    chances = _chances(settled, said) if runs > 1 else None
    abreast = chances is not None and len(settled.parties) <= ABREAST
    flows = _flows(scenario, settled, 0.7 if abreast else 1.0)
    rows: list[tuple[float, tuple[Column, ...]]] = [(1.0, (flows,))]
    if chances is not None:
        rows = [(1.0, (flows, chances))] if abreast else [(0.7, (flows,)), (0.3, (chances,))]
    told = len(flows.after) * LETTER / (WIDE * flows.share)
    high = ROW * len(flows.panels[0].y.ticks) / rows[0][0] + 22.0 * told + 230.0
    return Chart(
        rows=tuple(rows),
        title=contract.label.text,
        subtitle=under,
        notes=(footer(result),),
        corner=range_words(runs) if runs >= BAND_FROM else "",
        high=max(high, 480.0),
    )


def _flows(scenario: Scenario, settled: Settlement, share: float) -> Column:
    """Return a row for the parties, one for each payment, and what each party is left with."""
    payments, parties = settled.contract.payments, settled.parties
    rows = [(payment.label.text, _when(settled, name)) for name, payment in payments.items()]
    foot = _below(settled)
    rows += [(name, detail) for name, detail, _ in foot]
    last = len(payments) + 0.5
    marks: list[Mark] = [
        Rule(f"life-{party}", n, "y", "rule", 2.0, ends=(0, last))
        for n, party in enumerate(parties)
    ]
    marks.append(Rule("sum", last, "x", width=1.5))
    wide = 0.7 * WIDE * share / len(parties) - 20.0
    for n, party in enumerate(parties):
        marks += _party(scenario, settled, party, n, wide)
    for n, (name, payment) in enumerate(payments.items(), 1):
        total = float(settled.paid[name].sum(axis=1).mean())
        ends = parties.index(payment.from_), parties.index(payment.to)
        marks += _arrow(name, payment, total, n, ends)
    for n, (*_, cells) in enumerate(foot, len(payments) + 1):
        for at, (text, under) in cells.items():
            shift = (0.0, 9.0 if under else 0.0)
            marks.append(Word(f"cell-{n}-{at}", text, at, n, "center", shift, bold=True))
            if under:
                marks.append(
                    Word(f"range-{n}-{at}", under, at, n, "center", (0, -12), "muted", fine=True)
                )
    ticks = tuple((float(n), text) for n, (text, _) in enumerate(rows, 1))
    y = Axis(len(rows) + 0.5, -0.5, ticks, details=tuple(detail for _, detail in rows))
    panel = Panel("flows", Axis(-0.5, len(parties) - 0.5, line=False), y, tuple(marks))
    kinds = {payment.measure is None for payment in payments.values()}
    key = [Key("ink", t("Paid whatever the outcome"), line="solid")] if True in kinds else []
    if False in kinds:
        key.append(Key("payback_text", t("Paid by outcome"), line="dashed"))
    told = sentence(scenario, settled.contract) if len(payments) <= TOLD else ""
    return Column((panel,), key=tuple(key), after=told, share=share)


def _when(settled: Settlement, name: str) -> str:
    """Return in which years something is paid, and how much of it depends on the outcome."""
    payment, amounts = settled.contract.payments[name], settled.paid[name].mean(axis=0)
    when = np.flatnonzero(np.abs(amounts) > ORE)
    risk = at_risk_words(payment)
    if not len(when):
        return risk
    return f"{span_of(int(settled.years[when[0]]), int(settled.years[when[-1]]))} · {risk}"


def _party(scenario: Scenario, settled: Settlement, party: str, at: int, wide: float) -> list[Mark]:
    """Return the box of a party, with the colour that an administration has in every picture."""
    name, role = party_name(scenario, settled.contract, party), role_name(settled.contract, party)
    said = role and role.casefold() not in name.casefold()
    color = "ink" if settled.is_private(party) else hue_of(scenario, party)
    marks: list[Mark] = [
        Bars(f"box-{party}", [at], [-0.42], [0.42], "rule", 0.95, opacity=0.45),
        Bars(f"strip-{party}", [at], [0.36], [0.42], color, 0.95),
        Word(f"name-{party}", name, at, 0, "center", (0, 11 if said else 2), bold=True, wide=wide),
    ]
    if said:
        marks.append(Word(f"role-{party}", role, at, 0, "center", (0, -20), "muted", fine=True))
    return marks


def _arrow(
    name: str, payment: Payment, total: float, row: int, ends: tuple[int, int]
) -> list[Mark]:
    """Return an arrow from who pays to who receives, and what is paid, beside who pays."""
    fixed = payment.measure is None
    color = "ink" if fixed else "payback_text"
    start, end = ends
    way = 1 if end > start else -1
    amount = money(total, unit_for(total) if abs(total) >= 1e4 else Unit(False, 1))
    tip = end - 0.03 * way
    return [
        Line(name, [start, tip], [row, row], color=color, dash="solid" if fixed else "dashed"),
        Points(f"tip-{name}", [tip], [row], color, 16.0, "right" if way > 0 else "left"),
        Points(f"start-{name}", [start], [row], color, 9.0),
        Word(f"amount-{name}", amount, start + way / 2, row, "center", (0, 17), color, bold=True),
    ]


Cells = dict[int, tuple[str, str]]
"""What stands in a row for some parties, by number: the mean and its range."""


def _below(settled: Settlement) -> list[tuple[str, str, Cells]]:
    """Return rows of what each party is left with, how its other costs change, and its return."""
    nets: Cells = {}
    others: Cells = {}
    returns: Cells = {}
    for n, party in enumerate(settled.parties):
        nets[n] = _cell(settled.flow(party).sum(axis=1))
        other = -settled.gain(party).sum(axis=1)
        if abs(float(other.mean())) >= LEAST:
            others[n] = _cell(other)
        found = settled.carried_return(party) if settled.is_private(party) else None
        if found is not None:
            rate, low, high = found
            returns[n] = share_of(rate, 1), spread(100 * low, 100 * high, 1)
    named = [
        (t("Net"), t("of the payments"), nets),
        (t("Other costs"), t("compared with without"), others),
        (t("Return"), t("% a year"), returns),
    ]
    return [row for row in named if row[-1]]


def _cell(amounts: Floats) -> tuple[str, str]:
    """Return the mean of an amount, and its range where there are runs enough, by run."""
    mean = float(amounts.mean())
    if len(amounts) < BAND_FROM:
        return signed_money(mean), ""
    low, high = (float(end) for end in np.quantile(amounts, RANGE))
    unit = unit_for(max(abs(low), abs(mean), abs(high)))
    return signed_money(mean, unit), spread(low / unit.size, high / unit.size, unit.digits)


def _chances(settled: Settlement, runs: str) -> Column | None:
    """Return how likely each trigger is by period, or each tier over all of them."""
    panels = []
    for name, own in settled.tiers().groupby("payment", sort=False):
        payment = settled.contract.payments[str(name)]
        rows: list[tuple[str, float]] = []
        if payment.threshold is not None:
            for period, part in own[own["tier"] == 1].groupby("period", sort=False):
                limit = payment.pooled if period == "pooled" else payment.threshold
                assert limit is not None
                when = t("together") if period == "pooled" else str(period).replace("-", "–")
                reached = t("at least {limit}", limit=bound(payment, limit))
                rows.append((f"{when}: {reached}", float(part["probability"].iloc[0])))
        else:
            for tier, chance in own.groupby("tier")["probability"].mean().items():
                rows.append((range_of(payment, int(str(tier))), float(chance)))
        panels.append(_likely(str(name), payment.label.text, rows))
    if not panels:
        return None
    head, under = t("How likely is each result?"), t("Share of {runs}", runs=runs)
    return Column(tuple(panels), heading=head, caption=under, share=0.3, ends=0.0)


def _likely(name: str, title: str, rows: Sequence[tuple[str, float]]) -> Panel:
    """Return a bar for each result, as long as it is likely."""
    at = np.arange(len(rows), dtype=float)
    chances = np.array([chance for _, chance in rows])
    marks: list[Mark] = [
        Bars(f"all-{name}", at, 0 * at, 0 * at + 1, "rule", 0.5, across=True, opacity=0.6),
        Bars(f"chance-{name}", at, 0 * at, chances, "muted", 0.5, across=True),
    ]
    marks += [
        Word(f"share-{name}-{n}", share_of(chance), 1.4, n, "right", bold=True)
        for n, (_, chance) in enumerate(rows)
    ]
    ticks = tuple((float(n), text) for n, (text, _) in enumerate(rows))
    y = Axis(len(rows) - 0.4, -0.6, ticks, details=("",) * len(rows))
    return Panel(name, Axis(0.0, 1.4, line=False), y, tuple(marks), title, share=len(rows))

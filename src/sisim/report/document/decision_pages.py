"""The two pages for the decision: what is asked, what it gives, who pays, and what decides it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sisim.economics.appraisal import BAND_FROM, Interval
from sisim.economics.cost_effectiveness import Effectiveness
from sisim.engine.counts import WITHOUT
from sisim.i18n import duration, n_, t
from sisim.report.analysis.assumption_words import Assumptions
from sisim.report.comparison_chart import comparison_chart
from sisim.report.comparison_text import caption, conclusion, invented, number_of, year_words
from sisim.report.document.blocks import (
    Block,
    BulletList,
    DocumentPicture,
    DocumentSection,
    DocumentTable,
    Paragraph,
    TitleBlock,
    paragraphs,
    picture_of,
    table_of,
)
from sisim.report.document.document_source import DocumentSource
from sisim.report.economics.money_tables import shown_tables
from sisim.report.economics.money_words import (
    cash_words,
    conventions,
    financing_words,
    pocket_words,
    unit_words,
    verdict_words,
)
from sisim.report.formats import (
    capital,
    decimal,
    listing,
    lower,
    money,
    quoted,
    runs_of,
    spread,
    unit_for,
    whole_money,
)
from sisim.report.outcome_table import outcome_rows
from sisim.report.present_value import net_words, valued
from sisim.report.replication_words import few_runs
from sisim.report.scenario_overview import costs_chart, overview_words
from sisim.report.size_words import size_words
from sisim.report.verdict_words import verdict_sentences
from sisim.scenario.application import Application
from sisim.scenario.scenario import GATED, Investment, Scenario

FEW = 4
"""Rows of a table that is not broken between pages: more would leave half a page empty."""
PAIR, PAIR_HIGH = 1280.0, 600.0
"""How wide and high two figures side by side are laid out, in pixels."""
COSTS_HIGH = 470.0
"""How high two pictures of one panel each are laid out, beside each other."""


def title_block(found: DocumentSource) -> TitleBlock:
    """Return what stands at the top: what it is, who asks for what."""
    scenario, asked = found.scenario, found.asked
    applicant = asked.applicant or (scenario.application or Application()).applicant
    facts = (
        (t("Applicant"), "" if applicant is None else applicant.text),
        (t("Decision asked for"), "" if asked.decision is None else asked.decision.text),
        (t("Reference"), asked.reference or ""),
        (t("Date"), asked.date or ""),
    )
    missing = t("Not stated in the file.")
    kept = facts[:2] + tuple(fact for fact in facts[2:] if fact[1])
    warnings = [*([invented()] if scenario.invented else []), *size_words(scenario)]
    warnings += few_runs(len(found.result.seeds))
    return TitleBlock(
        scenario.title.text,
        t("Decision document: social investment"),
        tuple((label, text or missing) for label, text in kept),
        tuple(warnings),
        found.logo,
    )


def decision_sections(found: DocumentSource) -> Iterator[DocumentSection]:
    """Yield the sections 2 to 9."""
    told = {
        "summary": (t("Summary"), _summary(found)),
        "need": (t("Need and target group"), _need(found)),
        "intervention": (
            t("The intervention, beside the ordinary way of working"),
            _intervention(found),
        ),
        "figure": (t("With and without"), _figure(found)),
        "who_gains": (t("Who pays, who gains"), _who_gains(found)),
        "limits": (t("What the amounts must not be read as"), _limits(found)),
        "verdict": (t("What decides the result"), _verdict(found)),
        "recommendation": (t("Recommendation"), _recommendation(found)),
    }
    for number, (key, (heading, blocks)) in enumerate(told.items(), start=2):
        yield DocumentSection(key, str(number), heading, "decision", tuple(blocks))


# ---------------------------------------------------------------------------- 2


def _summary(found: DocumentSource) -> Iterator[Block]:
    scenario, result = found.scenario, found.result
    if found.main is None:
        yield from paragraphs(overview_words(result) or [_nothing_compared()])
        return
    first = _first_outcome(found)
    length = duration(scenario.time.years)
    if first is not None:
        sentence = t(
            "{arm}, over {length} and compared with the same people without it. {outcome}",
            arm=quoted(found.label(found.main)),
            length=length,
            outcome=verdict_words(first, found.main),
        )
    else:
        sentence = t(
            "{arm}, over {length} and compared with the same people without it. The file names no "
            "outcome, so that nothing is said of people.",
            arm=quoted(found.label(found.main)),
            length=length,
        )
    yield Paragraph(sentence, "lead")
    yield _five_numbers(found, first)
    runs = len(result.seeds)
    said = [
        n_(
            "One run: nothing is known of chance.",
            "Ranges hold eight of ten of {n} runs: chance in who comes and when. That it breaks "
            "even is told of the same chance, with every number as the file has it; how unsure the "
            "numbers are is another question (see Uncertainty).",
            runs,
        ),
        conventions(scenario, result.appraisal[found.main]),
    ]
    yield Paragraph(" ".join(said), "fine")


def _nothing_compared() -> str:
    return t("The scenario has no [arms], so there is nothing to compare.")


def _first_outcome(found: DocumentSource) -> Effectiveness | None:
    """Return the first outcome of the file, or what else effects are measured by; None: nothing."""
    return next(iter(found.result.effectiveness), None)


def _five_numbers(found: DocumentSource, first: Effectiveness | None) -> DocumentTable:
    """Return the five numbers by arm, each with its range below it."""
    rate = found.scenario.economy.discount_costs.value
    outcome = t("Outcome")
    if first is not None:
        outcome = f"{capital(first.measure.label.text)}, {unit_words(first.measure)}"
    headings = (
        "",
        t("Participants"),
        outcome,
        valued(t("Invested"), rate),
        net_words(rate),
        t("Breaks even in"),
    )
    rows: list[tuple[str, ...]] = []
    names: dict[tuple[int, int], str] = {}
    for row, arm in enumerate(found.arms):
        appraisal = found.result.appraisal[arm]
        head = found.result.headline(arm)
        helped, low, high = head["helped"]
        banded = appraisal.banded
        cells = [
            found.label(arm),
            decimal(helped) + (_ends(spread(low, high)) if banded else ""),
            "–" if first is None else _gained(first, arm),
            _amount(appraisal.interval("invested")),
            _amount(appraisal.interval("net")),
            runs_of(appraisal.chance, len(found.result.seeds)),
        ]
        rows.append(tuple(cells))
        names |= {
            (row, 1): with_range(f"headline.{arm}.helped"),
            (row, 3): with_range(f"calculation.{arm}.invested"),
            (row, 4): with_range(f"calculation.{arm}.net"),
        }
    return DocumentTable(t("Five numbers, with 10–90% of the runs"), headings, tuple(rows), names)


def with_range(name: str) -> str:
    """Return the names of a number and of the ends of its range."""
    return f"{name} {name}.low {name}.high"


def _ends(text: str) -> str:
    return f" ({text})" if text else ""


def _gained(effect: Effectiveness, arm: str) -> str:
    """Return how many more units of an outcome there are, in the direction that it is counted."""
    gained = effect.units(arm)
    sign = 1.0 if effect.measure.good == "high" else -1.0
    mean, low, high = (sign * one for one in (gained.mean, gained.low, gained.high))
    digits = 0 if abs(mean) >= 100 else 1
    text = ("+" if round(mean, digits) > 0 else "") + decimal(mean, digits)
    if gained.replications < BAND_FROM:
        return text
    return text + _ends(spread(min(low, high), max(low, high), digits))


def _amount(amount: Interval) -> str:

    unit = unit_for(max(abs(amount.mean), abs(amount.low), abs(amount.high)))
    text = money(amount.mean, unit)
    if amount.replications < BAND_FROM:
        return text
    return text + _ends(spread(amount.low / unit.size, amount.high / unit.size, unit.digits))


# ---------------------------------------------------------------------------- 3, 4


def _need(found: DocumentSource) -> Iterator[Block]:
    catalogue = found.scenario.catalogue
    if catalogue is None:
        yield Paragraph(_missing("[catalogue]"), "empty")
    else:
        said = {
            t("Need"): catalogue.need.text,
            t("Target group"): catalogue.target_group.text,
            t("Goal"): catalogue.goal.text,
            t("Social outcome measures"): _points(one.text for one in catalogue.social_outcomes),
            t("Economic outcome measures"): _points(
                one.text for one in catalogue.economic_outcomes
            ),
        }
        yield _pairs(t("As the project catalogue has it"), said)
    yield from found.written("need")


def _points(texts: Iterator[str]) -> str:
    return "; ".join(texts)


def _pairs(title: str, said: Mapping[str, str]) -> DocumentTable:
    """Return labels and texts beside each other."""
    return DocumentTable(title, (), tuple((label, text) for label, text in said.items() if text))


def _missing(key: str) -> str:
    return t("Not reported: {key} is empty.", key=key)


def _intervention(found: DocumentSource) -> Iterator[Block]:
    scenario = found.scenario
    catalogue = scenario.catalogue
    if catalogue is not None:
        yield Paragraph(catalogue.intervention.text)
    elif scenario.description is not None:
        yield Paragraph(scenario.description.text)
    if scenario.investments:
        yield _terms(scenario)
    else:
        yield Paragraph(t("The file has no [investments]: nothing is done that could be compared."))
    endings = {
        "ends": t("ends"),
        "continues": t("continues in the same size"),
        "new_way_of_working": t("becomes the ordinary way of working"),
    }
    arms = [
        t(
            "{arm}: {what}",
            arm=arm.label.text,
            what=listing(
                [
                    f"{lower(scenario.investments[name].label.text)} {endings[ending]}"
                    for name, ending in arm.investments.items()
                    if ending != GATED
                ]
            )
            or t("nothing is invested"),
        )
        for arm in scenario.arms.values()
    ]
    without = t(
        "Without: the same people, the same luck, and the ordinary services that the pathway "
        "{pathway} describes.",
        pathway=quoted(scenario.pathway.title.text),
    )
    yield BulletList((*arms, without))
    yield from found.written("intervention")
    yield from found.written("setting")


def _terms(scenario: Scenario) -> DocumentTable:
    """Return when each investment begins, how many it takes in, what it costs and who pays."""
    headings = (
        "",
        t("Starts"),
        t("Length"),
        t("Places"),
        t("Reach"),
        t("Cost"),
        t("Paid by"),
    )
    rows = [_term(scenario, name, one) for name, one in scenario.investments.items()]
    return DocumentTable(t("Terms of the investment"), headings, tuple(rows), long=len(rows) > FEW)


def _term(scenario: Scenario, name: str, one: Investment) -> tuple[str, ...]:
    words = Assumptions(scenario)
    paths = ("start_up", "running", "per_participant", "per_participant_month", "refresher")
    costs = [
        f"{lower(words.name(f'investments.{name}.cost.{path}').partition(' (')[0])} "
        f"{money(value) if value >= 1e5 else whole_money(value)}"
        for path in paths
        if (value := getattr(one.cost, path).value)
    ]
    payers = [lower(scenario.payer_label(payer).text) for payer in one.cost.shares]
    return (
        one.label.text,
        one.start,
        duration(one.years),
        "–" if one.capacity is None else decimal(one.capacity),
        words.value(f"investments.{name}.reach", one.reach.value),
        listing(costs) or "–",
        listing(payers),
    )


# ---------------------------------------------------------------------------- 5


def _figure(found: DocumentSource) -> Iterator[Block]:
    if found.scenario.outcomes:
        yield _outcomes_first(found)
    story = found.story
    if story is not None:
        chart = comparison_chart(story)
        title = t("The project that ends, and the new way of working")
        yield picture_of("comparison", replace(chart, title=title), wide=PAIR, high=PAIR_HIGH)
        yield BulletList(
            tuple(
                f"{number_of(side.which)}, {lower(caption(side))}: "
                f"{year_words(story, side)} {conclusion(story, side)}"
                for side in (story.project, story.new_way)
            )
        )
        return
    picture = _cost_picture(found)
    if picture is None:
        yield Paragraph(t("Nobody pays for anything in the years that are simulated."))
    else:
        yield picture


def _cost_picture(found: DocumentSource) -> DocumentPicture | None:
    arms = (WITHOUT, *([found.main] if found.main else []))
    chart = costs_chart(found.result, arms)
    return None if chart is None else picture_of("costs", chart, wide=PAIR, high=COSTS_HIGH)


def _outcomes_first(found: DocumentSource) -> DocumentTable:
    """Return every outcome in the year that the figures mark, or in the last, by arm."""
    story = found.story
    years = found.scenario.time.whole_years
    year = story.marked if story is not None else int(years[-1])
    rows = outcome_rows(found.result)
    own = rows[rows[t("Year")] == year].drop(columns=t("Year"))
    shown = own.set_index(t("Outcome")).map(lambda value: decimal(value, 1)).reset_index()
    shown[t("Outcome")] = [capital(str(label)) for label in shown[t("Outcome")]]
    title = t("People first: outcomes in {year}, mean of the runs", year=str(year))
    return table_of(title, shown)


# ---------------------------------------------------------------------------- 6, 7


def _who_gains(found: DocumentSource) -> Iterator[Block]:
    if found.main is None:
        yield Paragraph(_nothing_compared())
        return
    yield who_gains_table(found, found.main, all_payers=False)
    yield Paragraph(
        t("Costs and what is paid are positive; so are costs that fall. Net: what is gained."),
        "fine",
    )


def who_gains_table(found: DocumentSource, arm: str, *, all_payers: bool = True) -> DocumentTable:
    """Return who pays and who gains by an arm, each amount with its cell in the workbook.

    Args:
        found: What came out.
        arm: Which arm.
        all_payers: Whether those for whom every amount reads as nothing are in it.
    """
    title, frame = shown_tables(found.result, [arm])[1]
    matrix = found.result.who_gains[arm].matrix()
    payers = [str(name) or "total" for name in matrix["administration"]]
    zero = {decimal(0.0, digits) for digits in range(3)}
    kept = [
        row
        for row, cells in enumerate(frame.values)
        if all_payers or row == len(frame) - 1 or not set(map(str, cells[1:])) <= zero
    ]
    frame, payers = frame.iloc[kept], [payers[row] for row in kept]
    columns = {
        t("Investment"): "investment",
        t("Running"): "running",
        t("Replaced"): "replaced",
        t("Lower costs"): "use",
        t("Repayment"): "repayment",
        t("Contract"): "contract",
        t("Financing"): "financing",
        t("Net"): "net",
    }
    names = {
        (row, column): f"gains.{arm}.{payer}.{columns[heading]}"
        for row, payer in enumerate(payers)
        for column, heading in enumerate(map(str, frame.columns))
        if heading in columns
    }
    return table_of(title, frame, names)


def _limits(found: DocumentSource) -> Iterator[Block]:
    result, scenario = found.result, found.scenario
    said: list[str] = []
    for arm in () if found.main is None else (found.main,):
        own = [
            *cash_words(result.cash[arm], scenario),
            pocket_words(result.who_gains[arm], scenario),
            financing_words(result.appraisal[arm]),
        ]
        label = quoted(found.label(arm))
        if text := " ".join(filter(None, own)):
            said.append(t("{arm}: {text}", arm=label, text=text))
    yield BulletList(tuple(said)) if said else Paragraph(_nothing_compared())
    outcomes = [lower(one.measure.label.text) for one in result.effectiveness]
    if outcomes:
        yield Paragraph(
            t("Not priced, and not in any amount here: {what}.", what=listing(outcomes))
        )
    yield from found.written("not_priced") or (
        Paragraph(_missing("report.text.not_priced"), "empty"),
    )


# ---------------------------------------------------------------------------- 8, 9


def _verdict(found: DocumentSource) -> Iterator[Block]:
    told = False
    for arm in () if found.main is None else (found.main,):
        lines = verdict_sentences(found.result, arm, quoted(found.label(arm)), tail=True)
        if not lines:
            continue
        told = True
        first, *numbers, how = lines if len(lines) > 1 else (*lines, "")
        yield Paragraph(first)
        if numbers:
            yield BulletList(tuple(line.removeprefix("– ") for line in numbers))
        yield from paragraphs([how], "fine")
    if not told:
        yield Paragraph(
            t(
                "Not told by these runs: what a verdict rests on takes at least {n} runs of an arm "
                "with an investment.",
                n=BAND_FROM,
            )
        )


def _recommendation(found: DocumentSource) -> Iterator[Block]:
    yield from found.written("recommendation") or (
        Paragraph(
            t(
                "For the writer: no recommendation is made by the program. Write it under {key} in "
                "the file.",
                key="report.text.recommendation",
            ),
            "empty",
        ),
    )

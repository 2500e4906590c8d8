"""The silo game on paper, for a room: pages to fill in, and a page of answers."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sisim.economics.ledger import ORE
from sisim.economics.wrong_pockets import REGIMES, Proposal, Regime
from sisim.i18n import t
from sisim.report.analysis.silo_report import SiloWords, upper_bound
from sisim.report.chart.canvas import canvas, points
from sisim.report.chart.typesetting import PaperType
from sisim.report.formats import money
from sisim.report.present_value import worth_words

WIDE, HIGH = 1000.0, 1414.0
"""A4, in layout pixels."""
EDGE, LINE, BOX = 80.0, 1.45, 22.0
"""The margin, from line to line as a share of the size of the type, and the size of a box."""
ASCENT = 0.95
"""From the top of a line to its baseline, as a share of the size of the type."""
PROJECT = 330.0
"""About how high a project is: where less is left, a page begins."""
ROUNDS: tuple[Regime, ...] = ("alone", "principal", "joint")
"""The rounds that are played, one after the other."""
AMOUNTS = 640.0
"""Where amounts begin, from the left."""


class _Page:
    """A page that is filled from above."""

    def __init__(self) -> None:
        self.figure: Figure = canvas(WIDE, HIGH)
        self.type = PaperType()
        self.y = EDGE

    def text(self, text: str, *, size: float | None = None, bold: bool = False) -> None:
        """Write a text, broken into lines, and go on below it."""
        size = self.type.size if size is None else size
        wrapped = self.type.wrap(text, WIDE - 2 * EDGE, size, bold=bold, even=False)
        for line in wrapped.split("\n"):
            self.put(line, EDGE, size, bold=bold)
            self.y += LINE * size

    def row(self, name: str, amount: str) -> None:
        """Write a name and an amount on one line, and go on below it."""
        self._name(name)
        self.put(amount, AMOUNTS, self.type.size)
        self.y += LINE * self.type.size

    def boxes(self, name: str) -> None:
        """Write a name, and boxes to tick for yes and no."""
        self._name(name)
        for x, said in ((AMOUNTS, t("Yes")), (AMOUNTS + 130, t("No"))):
            place = (x / WIDE, 1 - (self.y + BOX) / HIGH)
            box = Rectangle(place, BOX / WIDE, BOX / HIGH, fill=False, linewidth=1.2)
            self.add(box)
            self.put(said, x + BOX + 10, self.type.size)
        self.y += 1.45 * BOX

    def _name(self, name: str) -> None:
        x = EDGE + 20
        self.put(self.type.fit(name, AMOUNTS - x - 10, self.type.size), x, self.type.size)

    def rule(self) -> None:
        """Draw a line across the page."""
        place = (EDGE / WIDE, 1 - self.y / HIGH)
        self.add(Rectangle(place, 1 - 2 * EDGE / WIDE, 1 / HIGH, color="#888888"))
        self.y += 16

    def skip(self, high: float = 14.0) -> None:
        """Leave room."""
        self.y += high

    def add(self, shape: Rectangle) -> None:
        """Draw a shape, given as shares of the page."""
        shape.set_transform(self.figure.transFigure)
        self.figure.add_artist(shape)

    def put(self, text: str, x: float, size: float, *, bold: bool = False) -> None:
        """Write one line here."""
        weight = "bold" if bold else "normal"
        # By the baseline: tops of lines differ with the letters in them.
        place = x / WIDE, 1 - (self.y + ASCENT * size) / HIGH
        self.figure.text(*place, text, fontsize=points(size), va="baseline", fontweight=weight)


def handout(said: SiloWords, title: str) -> list[Figure]:
    """Return pages with the projects, what each purse sees of them, and boxes to tick.

    Args:
        said: The game, in words.
        title: What it is about.
    """
    game = said.game
    page = _Page()
    pages = [page]
    page.text(t("Would you say yes?"), size=30, bold=True)
    page.text(title, size=22)
    page.skip()
    page.text(
        t(
            "You are an administration with a budget of your own. Decide on each project in three "
            "rounds: first alone, then with a fund that pays, last together with others. Tick yes "
            "or no before anyone speaks; count what was done, and what was left undone."
        )
    )
    page.text(_how(said), size=page.type.fine)
    page.skip()
    for number, one in enumerate(game.proposals):
        if number and page.y > HIGH - EDGE - PROJECT:
            page = _Page()
            pages.append(page)
        _project(page, said, number, one)
    return [one.figure for one in pages]


def _project(page: _Page, said: SiloWords, number: int, one: Proposal) -> None:
    """Write what a project costs, what each saves by it, and boxes to tick."""
    delivers = said.party(said.game.projects[number].delivers)
    page.rule()
    page.text(f"{number + 1}. {said.names[one.name]}", size=page.type.large, bold=True)
    page.row(t("Delivered by"), delivers)
    page.row(t("Costs"), money(float(one.cost.mean())))
    for name, saved in _saved(one):
        page.row(t("Saves: {who}", who=said.party(name)), money(saved))
    page.skip(6)
    for regime in ROUNDS:
        page.boxes(said.regime(regime))
    page.skip()


def answers(said: SiloWords, title: str) -> Figure:
    """Return a page with what each decider says by its own purse, and what is left undone.

    Args:
        said: The game, in words.
        title: What it is about.
    """
    page = _Page()
    page.text(t("Answers"), size=30, bold=True)
    page.text(title, size=22)
    page.text(_how(said), size=page.type.fine)
    page.skip()
    for regime in REGIMES:
        found = said.game.decided[regime]
        page.rule()
        page.text(said.regime(regime), size=page.type.large, bold=True)
        page.text(t("Yes to: {projects}", projects=said.done(regime)))
        page.row(t("Worth to all"), money(found.value))
        page.row(t("Left undone"), money(found.undone))
        page.skip()
    page.rule()
    page.text(upper_bound())
    return page.figure


def _saved(one: Proposal) -> Sequence[tuple[str, float]]:
    """Return who saves, or loses, something by a project, the most first."""
    means = {name: float(one.reduced({name}).mean()) for name in one.reductions}
    some = [(name, saved) for name, saved in means.items() if abs(saved) > ORE]
    return sorted(some, key=lambda pair: -pair[1])


def _how(said: SiloWords) -> str:
    scenario = said.game.projects[0].result.scenario
    return t(
        "Reduced costs that budgets see, simulated with and without each project for the same "
        "people; {how}.",
        how=worth_words(scenario.economy.discount_costs.value),
    )

"""The game that a room plays, from scenarios that have been simulated."""

from __future__ import annotations

from sisim.analysis.incentive_models import Project
from sisim.analysis.silo import SiloGame
from sisim.economics.silo_rounds import SiloRounds
from sisim.i18n import Lang, each_language
from sisim.live.room_words import Labels
from sisim.report.comparison_text import footer
from sisim.report.economics.money_frame import range_words
from sisim.scenario.types import Text


def room_game(game: SiloGame) -> tuple[SiloRounds, Labels]:
    """Return the rounds that are played, and what projects and administrations are called."""
    rounds = SiloRounds.of(game.proposals, game.rules)
    several = len({id(one.result) for one in game.projects}) > 1
    projects = {
        one.name: Text(sv=_name(one, "sv", several), en=_name(one, "en", several))
        for one in game.projects
    }
    administrations = {
        name: administration.label
        for one in game.projects
        for name, administration in one.result.scenario.pathway.administrations.items()
    }
    currency = game.projects[0].result.scenario.pathway.currency
    origin = Text(**{lang: _origin(game) for lang in each_language()})
    return rounds, Labels(projects, administrations, currency, origin)


def _origin(game: SiloGame) -> str:
    """Return where the numbers come from, of how many runs they are the mean."""
    results = {id(one.result): one.result for one in game.projects}.values()
    runs = min(len(one.seeds) for one in results)
    told = [footer(one, warn=number == 0) for number, one in enumerate(results)]
    return " ".join([*([range_words(runs)] if runs > 1 else []), *told])


def _name(project: Project, lang: Lang, several: bool) -> str:
    """Return what a project is called: by its arm, and with several files by its title too."""
    scenario = project.result.scenario
    label = scenario.arms[project.arm].label.in_language(lang)
    return f"{scenario.title.in_language(lang)}: {label}" if several else label

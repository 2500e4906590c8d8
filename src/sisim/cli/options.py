"""Arguments and options that commands share.

Texts are written in English here and in the commands; a help page translates them when it is shown
(`sisim.cli.help_pages`). A text and its placeholder are ids of the catalogue, word for word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, get_origin

from cyclopts import Parameter
from cyclopts.validators import Number

from sisim.cli.user_errors import UserError
from sisim.i18n import t
from sisim.scenario.seed_range import MOST_SEED

RESULTS = Path("sisim-results")
"""Where results are written when no folder is named."""
READY = "placed-youth"
"""The scenario of the commands that need none."""


def whole_number(kind: Any, tokens: Sequence[Any]) -> int | list[int]:
    """Return the whole number in a word, or those in several; what has decimals is none.

    Raises:
        ValueError: If it is no whole number.
    """
    numbers = [int(token.value) for token in tokens]
    return numbers if get_origin(kind) is list else numbers[0]


def argument(placeholder: str, text: str, **more: Any) -> Parameter:
    """Return the description of an argument; its place in the signature is what makes it one."""
    return Parameter(metavar=placeholder, help=text, **more)


def option(
    placeholder: str,
    text: str,
    *,
    name: str | None = None,
    least: float | None = None,
    most: float | None = None,
) -> Parameter:
    """Return the description of an option.

    Args:
        placeholder: What stands for its value in help; empty for a flag.
        text: What it does.
        name: Its name, if it is not that of the parameter.
        least: The least value.
        most: The greatest value.
    """
    bounds = None if least is None and most is None else Number(gte=least, lte=most)
    return Parameter(name=name, metavar=placeholder, help=text, validator=bounds)


def count(
    placeholder: str,
    text: str,
    *,
    name: str | None = None,
    least: int | None = 1,
    most: int | None = None,
) -> Parameter:
    """Return the description of an option that takes a whole number, at least 1 unless told."""
    whole = Parameter(converter=whole_number)
    return Parameter.combine(whole, option(placeholder, text, name=name, least=least, most=most))


def flag(text: str, name: str | None = None) -> Parameter:
    """Return the description of an option that takes no value."""
    return option("", text, name=name)


ScenarioName = Annotated[str, argument("SCENARIO", "A scenario file, or the name of a ready one.")]
Changes = Annotated[
    list[str] | None,
    option(
        "KEY=VALUE",
        "Another value of any number in the scenario or its pathway. May be repeated.",
        name="--set",
    ),
]
Seed = Annotated[int | None, count("N", "The seed of the first run.", least=0, most=MOST_SEED)]
Replications = Annotated[int | None, count("N", "How many runs, each with its seed.")]
Residents = Annotated[
    int | None,
    count(
        "N",
        "For how many residents, with places and fixed costs in proportion; unset: those of the "
        "scenario.",
    ),
]
Workers = Annotated[int | None, count("N", "How many processes; unset: one for each core.")]
OutFolder = Annotated[Path | None, option("FOLDER", "Where the result is written.")]
Arm = Annotated[str | None, option("ARM", "Which arm of the scenario; unset: the last.")]
Measure = Annotated[
    str,
    option(
        "MEASURE",
        "What is asked for; unset: net_present_value. An outcome of the file is outcome.NAME.",
    ),
]
Draws = Annotated[int, count("N", "How many draws of the uncertain numbers; unset: 200.", least=20)]
Ordinary = Annotated[bool, flag("With what everyone has too: ordinary preschool and school.")]


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """Which runs of a scenario, and where the result is written."""

    changes: Changes = None
    seed: Seed = None
    replications: Replications = None
    residents: Residents = None
    out: OutFolder = None


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class StudyOptions:
    """Which municipalities are simulated, by how many processes, and where the result goes."""

    changes: Changes = None
    seed: Seed = None
    residents: Residents = None
    out: OutFolder = None
    workers: Workers = None

    @property
    def of_runs(self) -> RunOptions:
        """The same, of what says which runs of a scenario."""
        return RunOptions(
            changes=self.changes, seed=self.seed, residents=self.residents, out=self.out
        )


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class EvaluationOptions(StudyOptions):
    """Which municipalities are simulated, in which worlds, and whether after a break."""

    effect: Annotated[
        str | None,
        option(
            "WORLD",
            "The effect of the file alone (file), none alone (null), drawn from its range alone "
            "(prior), or another effect in the file's place (KEY=VALUE); unset: all side by side.",
        ),
    ] = None
    resume: Annotated[
        bool, flag("Go on with what is in the folder; nothing finished is run again.")
    ] = False


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class ManyRuns(RunOptions):
    """Runs enough to tell the range of what chance does."""

    replications: Annotated[
        int, count("N", "How many runs, each with its seed; unset: 40.", least=2)
    ] = 40


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class ArmOptions(RunOptions):
    """Runs of one arm, in several processes."""

    arm: Arm = None
    workers: Workers = None


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class MeasureOptions(ArmOptions):
    """Runs of one arm, of which one measure is asked for."""

    measure: Measure = "net_present_value"


def values(changes: Sequence[str] | None) -> dict[str, Any]:
    """Return the values by key that were given with `--set key=value`.

    Raises:
        UserError: If a change is not of that form.
    """
    from sisim.loading.overrides import has_lost_quotes, parse_value

    found = {}
    for change in changes or []:
        key, equals, text = change.partition("=")
        if not equals or not key.strip():
            raise UserError(t('--set needs KEY=VALUE; "{given}" is not.', given=change))
        if has_lost_quotes(text.strip()):
            raise UserError(
                t(
                    "{given} lacks quotation marks, which some shells take away (PowerShell does). "
                    "Write single ones inside double ones: {example}.",
                    given=change,
                    example="""--set "key=['a', 'b']\"""",
                )
            )
        found[key.strip()] = parse_value(text.strip())
    return found

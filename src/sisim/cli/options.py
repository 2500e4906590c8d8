"""What several commands take, said once, in the reader's language."""

from pathlib import Path
from typing import Any

import typer

from sisim.cli.speech import Refusal
from sisim.i18n import t
from sisim.loading.overrides import parse_value

RESULTS = Path("sisim-results")
"""Where results are written when no folder is named."""


class Options:
    """Makers of arguments and options, and those that commands share."""

    def __init__(self) -> None:
        ready = t("A scenario file, or the name of a ready one.")
        self.scenario = self.argument(t("SCENARIO"), ready)
        other = t("Another value of any number in the scenario or its pathway. May be repeated.")
        self.changes = self.option("--set", t("KEY=VALUE"), other)
        self.seed = self.option("--seed", t("N"), t("The seed of the first run."), min=0)
        runs = t("How many runs, each with its seed.")
        self.replications = self.option("--replications", t("N"), runs, min=1)
        workers = t("How many processes; unset: one for each core.")
        self.workers = self.option("--workers", t("N"), workers, min=1)
        self.out = self.option("--out", t("FOLDER"), t("Where the result is written."))

    def argument(self, name: str, text: str) -> Any:
        """Return an argument."""
        panel = t("Arguments")
        return typer.Argument(metavar=name, help=text, show_default=False, rich_help_panel=panel)

    def option(self, flag: str, name: str | None, text: str, **more: Any) -> Any:
        """Return an option; without a name for its value it is a flag."""
        panel = t("Options")
        # Without any, the parser would name the type of a value that no flag takes.
        return typer.Option(
            flag, metavar=name or "", help=text, show_default=False, rich_help_panel=panel, **more
        )


def values(changes: list[str] | None) -> dict[str, Any]:
    """Return the values by key that were given with `--set key=value`."""
    found = {}
    for change in changes or []:
        key, equals, text = change.partition("=")
        if not equals or not key.strip():
            raise Refusal(t('--set needs KEY=VALUE; "{given}" is not.', given=change))
        found[key.strip()] = parse_value(text.strip())
    return found

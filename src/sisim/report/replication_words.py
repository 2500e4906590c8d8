"""What is said of how many replications there are."""

from __future__ import annotations

from sisim.economics.appraisal import BAND_FROM
from sisim.i18n import n_


def few_runs(runs: int) -> list[str]:
    """Return that so many replications are too few for ranges; nothing if they are enough."""
    if runs >= BAND_FROM:
        return []
    return [
        n_(
            "One run tells nothing of chance: ranges take at least {least}.",
            "{n} runs are too few to tell an effect from chance: ranges take at least {least}.",
            runs,
            least=BAND_FROM,
        )
    ]

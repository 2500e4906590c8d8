"""Effects of the treatment of Sick-Sicker, with what it gains as a number of its own."""

from __future__ import annotations

from typing import Any


def effects_of_treatment(gain: Any) -> dict[str, Any]:
    """Return changes to the published file: treatment adds `gain` to the utility of the sick.

    The file sets the utility anew, which says the same with one number less to draw.
    """
    uses = {"on": ["use:treatment@sick", "use:treatment@sicker"], "acts_on": "area", "adds": 1}
    better = {"on": "weight:qaly@sick", "acts_on": "area", "adds": gain}
    return {"investments.treatment.effects": [uses, better]}

"""The bar below the figures that leads through the narration, with the speaker's notes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sisim.i18n import t
from sisim.live.narration import narration_steps
from sisim.live.tags import Tag, at_once, button
from sisim.live.view_state import ViewState


def narration_bar(state: ViewState, go: Callable[[int], Any]) -> list[Tag]:
    """Put the steps of the narration on the page; `go` leads to one of them.

    Returns:
        The speaker's notes, a line each, which follow what is worked out.
    """
    s = state.settings
    assert state.picture is not None
    assert s.told is not None
    steps = narration_steps(state.picture.comparison)
    with Tag("div", css="telling", role="group", aria_label=t("The story")):
        with Tag("ol"):
            for n, step in enumerate(steps):
                with Tag("li"):
                    button(
                        f"{n + 1} {step.name}",
                        lambda n=n: go(n),
                        aria_current="step" if n == s.told else None,
                        id=f"step-{n}",
                        aria_pressed="true" if n == s.told else "false",
                    )
        own = t("Notes in a window of their own")
        at_once("open_in_new", "sisim.speaker()", "icon", id="speaker", aria_label=own, title=own)
        if s.notes:
            with Tag("div", css="notes", aria_label=t("Speaker notes"), id="notes"):
                return [Tag("p", line) for line in steps[s.told].notes]
    return []

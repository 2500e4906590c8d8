"""A bar that plays people in time: play, steps, a slider for the time, the speed and the arm."""

from __future__ import annotations

from functools import partial

from sisim.i18n import t
from sisim.live.tags import Tag, at_once, toggle
from sisim.live.view_state import ViewState
from sisim.live.views.controls import choose_arm

SPEEDS = (1, 2, 4)


def play_bar(state: ViewState, place: str, back: str, on: str) -> None:
    """Put the bar on the page.

    Args:
        state: The state of the view.
        place: What the ids begin with, and the name of the script that plays.
        back: What it is to go a step back.
        on: What it is to go a step on.
    """
    arrivals = state.settings.arrivals
    script = f"sisim.{place}"
    with Tag("div", css="group", role="group", aria_label=t("What of people")):
        toggle(t("Lives"), not arrivals, partial(state.change, arrivals=False), id="people-lives")
        toggle(t("Inflow"), arrivals, partial(state.change, arrivals=True), id="people-inflow")
    Tag("span", css="year", id=f"{place}-year", role="status")
    play = t("Play")
    at_once(play, f"{script}.play()", id=f"{place}-play", data_play=play, data_pause=t("Pause"))
    for text, by, where, said in (("◀", -1, "back", back), ("▶", 1, "on", on)):
        at_once(text, f"{script}.step({by})", id=f"{place}-{where}", aria_label=said)
    Tag("label", t("Time"), "sr-only", for_=f"{place}-time")
    Tag("input", type="range", id=f"{place}-time", min=0, max=1, step=1, value=0)
    Tag("label", t("Speed"), for_=f"{place}-speed")
    with Tag("select", id=f"{place}-speed"):
        for speed in SPEEDS:
            Tag("option", f"{speed}×", value=speed)
    Tag("label", t("Beside without"), for_=f"{place}-arm")
    choose_arm(state, f"{place}-arm", state.arm)

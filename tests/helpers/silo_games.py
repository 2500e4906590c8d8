"""Small games of the silo, worked out by hand."""

from __future__ import annotations

from sisim.economics.silo_rounds import SiloRounds
from sisim.economics.wrong_pockets import DecisionRules, Proposal
from sisim.live.room_words import Labels
from sisim.scenario.types import Text

M = 1e6
PRINCIPALS = {"education": "town", "social": "town", "health": "region", "state": "state"}
AMOUNTS = {  # cost, and what education, social services, health care and the state save
    "A": (6, 2, 5, 1.5, 3),
    "B": (1, 1.5, 0.2, 0, 0),
    "C": (4, 0.5, 1, 3, 1),
    "D": (3, 0.2, 0.5, 0.1, 0.4),
}


def by_hand(delivers: str = "education") -> SiloRounds:
    """Return the four projects of the specification, all delivered by one administration."""
    proposals = [
        Proposal.of(
            name,
            delivers,
            cost * M,
            dict(zip(PRINCIPALS, (own * M for own in saved), strict=True)),
        )
        for name, (cost, *saved) in AMOUNTS.items()
    ]
    return SiloRounds.of(proposals, DecisionRules(PRINCIPALS, ("region",)))


def labels(game: SiloRounds) -> Labels:
    """Return labels for a game, with what a page must not take for markup."""
    odd = "<b>&\"'</b>"
    return Labels(
        {one: Text(sv=f"Projekt {one} {odd}", en=f"Project {one} {odd}") for one in game.projects},
        {
            name: Text(sv=f"{name.title()} (sv)", en=f"{name.title()} (en)")
            for name in {*game.roles, *game.delivers}
        },
        "SEK",
        Text(sv="Uträknat för hand", en="Worked out by hand"),
    )

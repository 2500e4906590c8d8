"""How a pathway goes on where another ends: who leaves that one begins where in this one."""

from __future__ import annotations

from pydantic import Field

from sisim.scenario.types import Age, Float, Name, Table


class Mapped(Table):
    """Where people begin, by one feature of the pathway that they leave.

    `to` is a table by category, state or group, the rest getting `default`; or a list by band, with
    `below` (upper edges, exclusive; one value more than edges).
    """

    feature: str = Field(description="The feature of the pathway that is left.")
    below: list[Float] = Field([], description="Upper edges of the bands, exclusive.")
    to: dict[str, Name] | list[Name] = Field(
        description="Where people begin, by category or by band."
    )
    default: Name | None = Field(None, description="Where the rest begin.")

    @property
    def names(self) -> list[str]:
        """Where people may begin, each once, in the order in which they stand in the file."""
        named = self.to.values() if isinstance(self.to, dict) else self.to
        last = [] if self.default is None else [self.default]
        return list(dict.fromkeys([*named, *last]))


class Continuation(Table):
    """Who leaves another pathway and goes on in this one, and where in it they begin.

    People go on from the age at which they leave: the greatest of that pathway, or the one that
    they have when the simulated years are over, or when they leave by one of its `exits` (states):
    then other administrations pay instead of the principals listed there. Who is younger than
    `from_age` does not go on. The states that they begin in and their background are told by
    features of the pathway that they leave: one for each of the `tracks` and `attributes` of this
    one.
    """

    from_age: Age = Field(description="Years; who leaves younger does not go on.")
    until: Age = Field(description="The age in years at which this pathway ends, too.")
    exits: dict[Name, dict[Name, Name]] = Field(
        {},
        description="States by which one leaves, and the administration that then pays, and gets, "
        "what would be each principal's.",
    )
    tracks: dict[Name, Mapped] = Field({}, description="Where people begin on each track.")
    attributes: dict[Name, Mapped] = Field({}, description="What background people begin with.")

    @property
    def parts(self) -> dict[tuple[str, str], Mapped]:
        """Everything that is told of who leaves, by ("tracks" or "attributes", name)."""
        return {
            **{("tracks", name): one for name, one in self.tracks.items()},
            **{("attributes", name): one for name, one in self.attributes.items()},
        }

    @property
    def ways(self) -> list[str | None]:
        """The ways in which people leave: None for having grown too old, or being left at the end.

        Then the exits, in the file's order.
        """
        return [None, *self.exits]

"""A pathway's diagram shows every state once, and no arrow runs through a box."""

from __future__ import annotations

from importlib import resources
from itertools import combinations

import pytest
from helpers.languages import in_swedish
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from sisim.i18n import LANGUAGES
from sisim.loading.load import load_pathway
from sisim.report.diagram_layout import Link, crosses, join, lay_out, pack
from sisim.report.pathway_diagram import draw_pathway
from sisim.scenario.pathway import Pathway


def small() -> Pathway:
    return Pathway.model_validate(
        {
            "name": "small",
            "title": {"sv": "Litet", "en": "Small"},
            "tracks": {
                "care": {
                    "label": {"sv": "Vård", "en": "Care"},
                    "start": "home",
                    "states": {
                        "home": {"label": {"sv": "Hemma", "en": "At home"}},
                        "placed": {"label": {"sv": "Placerad", "en": "Placed"}},
                        "gone": {"label": {"sv": "Borta", "en": "Gone"}, "exit": True},
                    },
                }
            },
            "transitions": {
                "placed": {"track": "care", "from": "home", "to": "placed", "rate": 0.1},
                "returns": {"track": "care", "from": "placed", "to": "home", "rate": 0.2},
                "leaves": {
                    "track": "care",
                    "from": ["home", "placed"],
                    "to": "gone",
                    "probability": 1,
                    "schedule": {"age": 18},
                },
            },
        }
    )


@pytest.mark.parametrize("lang", LANGUAGES, indirect=True)
def test_every_state_and_track_is_named(lang: str) -> None:
    figure = draw_pathway(small())
    written = [text.get_text() for text in figure.texts]
    for label in {"sv": ("Litet", "Vård", "Hemma", "Placerad", "Borta")}.get(
        lang, ("Small", "Care", "At home", "Placed", "Gone")
    ):
        assert written.count(label) == 1


def test_scheduled_transitions_are_dashed_and_pairs_have_two_heads() -> None:
    links = join(
        [
            ("a", "b", False),
            ("b", "a", False),
            ("a", "c", True),
            ("b", "c", True),
            ("a", "a", False),
        ]
    )
    assert links == [Link("a", "b", False, True), Link("a", "c", True), Link("b", "c", True)]
    figure = draw_pathway(small())
    arrows = [artist for artist in figure.artists if isinstance(artist, FancyArrowPatch)]
    dashed = [arrow for arrow in arrows if arrow.get_linestyle() != "solid"]
    assert len(arrows) - 3 == 3  # Three more in the key.
    assert len(dashed) - 1 == 2


def test_start_and_exit_are_marked() -> None:
    figure = draw_pathway(small())
    boxes = [artist for artist in figure.artists if isinstance(artist, FancyBboxPatch)]
    assert len({box.get_facecolor() for box in boxes[:3]}) == 3


STATES = [f"s{i}" for i in range(9)]
GRAPHS = st.lists(
    st.tuples(st.sampled_from(STATES), st.sampled_from(STATES), st.booleans()),
    min_size=1,
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(GRAPHS)
def test_no_arrow_runs_through_a_box_and_no_boxes_overlap(
    transitions: list[tuple[str, str, bool]],
) -> None:
    sizes = {name: (80.0 + 7 * i, 34.0 + 6 * (i % 3)) for i, name in enumerate(STATES)}
    links = join(transitions)
    drawing = lay_out(sizes, links, ["s0"])
    assert len(drawing.arrows) == len(links)
    for arrow in drawing.arrows:
        assert not crosses(arrow, drawing.boxes)
    for a, b in combinations(drawing.boxes.values(), 2):
        apart = abs(a.x - b.x) - (a.width + b.width) / 2, abs(a.y - b.y) - (a.height + b.height) / 2
        assert max(apart) >= 0
    for box in drawing.boxes.values():
        assert box.x - box.width / 2 >= 0
        assert box.x + box.width / 2 <= drawing.width
        assert box.y - box.height / 2 >= 0
        assert box.y + box.height / 2 <= drawing.height


@given(st.lists(st.tuples(st.floats(10, 300), st.floats(10, 300)), min_size=1, max_size=9))
def test_panels_do_not_overlap(panels: list[tuple[float, float]]) -> None:
    sizes = {str(i): size for i, size in enumerate(panels)}
    corners, high = pack(sizes, 600, 10)
    assert high >= max(size[1] for size in panels)
    for one, other in combinations(sizes, 2):
        (ax, ay), (bx, by) = corners[one], corners[other]
        across = max(ax - bx - sizes[other][0], bx - ax - sizes[one][0])
        down = max(ay - by - sizes[other][1], by - ay - sizes[one][1])
        assert max(across, down) >= 10 - 1e-6


SHIPPED = sorted(
    path.name
    for path in resources.files("sisim").joinpath("data/pathways").iterdir()
    if path.name.endswith(".toml")
)


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_pathways_are_drawn(name: str) -> None:
    pathway = load_pathway(name.removesuffix(".toml"))
    figure = in_swedish(lambda: draw_pathway(pathway))
    states = sum(len(track.states) for track in pathway.tracks.values())
    boxes = [artist for artist in figure.artists if isinstance(artist, FancyBboxPatch)]
    assert len(boxes) == states + 2  # Two in the key.
    assert figure.get_size_inches()[0] * 80 < 4000

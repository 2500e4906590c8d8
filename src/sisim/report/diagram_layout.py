"""Where the states of a track stand in a diagram, and how the arrows run between them.

Tracks with few transitions are laid out in layers from the start downwards, arrows running in the
gaps between layers and through slots kept free beside the boxes. Tracks where most states lead to
most others are laid out in a ring, arrows running inside it. Either way no arrow crosses a box.
Lengths are layout pixels; y grows downwards.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise

import networkx as nx
import numpy as np
from scipy.optimize import lsq_linear  # type: ignore[import-untyped, unused-ignore]

from sisim.arrays import Floats

Point = tuple[float, float]

GAP = 40.0
"""Between layers: room for arrows to turn."""
ASIDE = 26.0
"""Between boxes side by side."""
SLOT = 16.0
"""Width kept free for an arrow that passes a layer."""
PADDING = 16.0
LARGEST_RING = 14
DENSE = 1.7
"""Pairs of states joined, per state, from which a track is drawn as a ring."""


@dataclass(frozen=True)
class NodeBox:
    """A state's box: its middle and its size."""

    x: float
    y: float
    width: float
    height: float

    def holds(self, point: Point, margin: float = 0.0) -> bool:
        """Return whether a point lies in the box."""
        across, down = abs(point[0] - self.x), abs(point[1] - self.y)
        return across < self.width / 2 + margin and down < self.height / 2 + margin

    def towards(self, point: Point) -> Point:
        """Return where a line from the middle to `point` leaves the box."""
        across, down = point[0] - self.x, point[1] - self.y
        scale = min(
            self.width / 2 / abs(across) if across else np.inf,
            self.height / 2 / abs(down) if down else np.inf,
        )
        return self.x + across * scale, self.y + down * scale


@dataclass(frozen=True)
class Link:
    """One or two transitions between a pair of states."""

    origin: str
    to: str
    scheduled: bool
    both_ways: bool = False


@dataclass(frozen=True)
class Arrow:
    """The run of a link: cubic curves end to end, as 1 + 3n points."""

    link: Link
    points: tuple[Point, ...]

    def dots(self, per_curve: int = 24) -> list[Point]:
        """Return points along the arrow."""
        steps = np.linspace(0, 1, per_curve)[:, None]
        found: list[Point] = []
        for start in range(0, len(self.points) - 1, 3):
            a, b, c, d = (np.array(self.points[start + i]) for i in range(4))
            run = (
                (1 - steps) ** 3 * a
                + 3 * (1 - steps) ** 2 * steps * b
                + 3 * (1 - steps) * steps**2 * c
                + steps**3 * d
            )
            found += [(float(x), float(y)) for x, y in run]
        return found


@dataclass(frozen=True)
class Drawing:
    """A track laid out."""

    width: float
    height: float
    boxes: dict[str, NodeBox]
    arrows: list[Arrow]


Sizes = dict[str, tuple[float, float]]


def join(transitions: Iterable[tuple[str, str, bool]]) -> list[Link]:
    """Return one link per pair of states and kind; there and back of one kind are one link.

    Args:
        transitions: Origin, destination, and whether it happens at a scheduled moment.
    """
    seen: dict[tuple[str, str, bool], None] = dict.fromkeys(
        (a, b, scheduled) for a, b, scheduled in transitions if a != b
    )
    links: list[Link] = []
    for a, b, scheduled in seen:
        # Where a transition of either kind leads the same way, the unscheduled one is shown.
        if scheduled and (a, b, False) in seen:
            continue
        back = (b, a, scheduled) in seen and not (scheduled and (b, a, False) in seen)
        if back and (b, a) in {(link.origin, link.to) for link in links if link.both_ways}:
            continue
        links.append(Link(a, b, scheduled, back))
    return links


def lay_out(sizes: Sizes, links: Sequence[Link], starts: Sequence[str]) -> Drawing:
    """Return the states of a track as boxes of given sizes, joined by arrows."""
    pairs = {frozenset((link.origin, link.to)) for link in links}
    if 4 < len(sizes) <= LARGEST_RING and len(pairs) > DENSE * len(sizes):
        return _ring(sizes, links, starts)
    return _layers(sizes, links, starts)


# ------------------------------------------------------------------------------------- layers


@dataclass
class _Layers:
    """Boxes and slots in layers; a slot is where an arrow passes a layer."""

    rows: list[list[str]]
    width: dict[str, float]
    near: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    x: dict[str, float] = field(default_factory=dict)

    def sort(self) -> None:
        """Order each layer by where its neighbours stand: fewer crossings."""
        place = {name: i for row in self.rows for i, name in enumerate(row)}
        best, fewest = [list(row) for row in self.rows], self._crossings(place)
        for sweep in range(12):
            order = self.rows if sweep % 2 == 0 else self.rows[::-1]
            for row in order:
                at = {name: self._middle(name, place) for name in row}
                row.sort(key=lambda name: (at[name], place[name]))
                place |= {name: i for i, name in enumerate(row)}
            crossings = self._crossings(place)
            if crossings < fewest:
                best, fewest = [list(row) for row in self.rows], crossings
        self.rows = best

    def _middle(self, name: str, place: dict[str, int]) -> float:
        near = self.near[name]
        return float(np.mean([place[n] for n in near])) if near else float(place[name])

    def _crossings(self, place: dict[str, int]) -> int:
        row_of = {name: i for i, row in enumerate(self.rows) for name in row}
        between: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for name, others in self.near.items():
            for other in others:
                if row_of[other] == row_of[name] + 1:
                    between[row_of[name]].append((place[name], place[other]))
        return sum(
            (a[0] - b[0]) * (a[1] - b[1]) < 0
            for edges in between.values()
            for a, b in combinations(edges, 2)
        )

    def settle(self) -> None:
        """Give every box and slot a place across: arrows as upright as may be, none overlapping.

        A layer begins anywhere, and between its members there is the least room plus some slack,
        so the places are linear in beginnings and slacks, and the slant of all arrows is least
        squares with no slack below zero.
        """
        row_of = {name: i for i, row in enumerate(self.rows) for name in row}
        index = {name: i for i, name in enumerate(n for row in self.rows for n in row)}
        size = len(index)
        reach, least = np.zeros((size, size)), np.zeros(size)
        for row in self.rows:
            own = [index[name] for name in row]
            at = 0.0
            for i, name in enumerate(row):
                reach[own[i], own[: i + 1]] = 1.0
                least[own[i]] = at + self.width[name] / 2
                at += self.width[name] + ASIDE
        edges = {
            (min(a, b), max(a, b))
            for a, others in self.near.items()
            for b in others
            if row_of[a] != row_of[b]
        }
        slant = np.zeros((len(edges) + 1, size))
        slant[-1, 0] = 1e-3  # One layer stays put, or the whole could stand anywhere.
        met = Counter(name for edge in edges for name in edge)
        for number, (a, b) in enumerate(sorted(edges)):
            # That which much leads through runs straightest, and so do long arrows.
            weight = 6.0 if ":" in a + b else float(met[a] * met[b]) ** 1.7
            slant[number, index[a]], slant[number, index[b]] = weight, -weight
        first = {index[row[0]] for row in self.rows if row}
        floor = [-np.inf if i in first else 0.0 for i in range(size)]
        found = lsq_linear(slant @ reach, -slant @ least, bounds=(floor, np.inf)).x
        places = reach @ found + least
        left = min(places[index[name]] - self.width[name] / 2 for name in index)
        self.x = {name: float(places[i] - left + PADDING) for name, i in index.items()}


def _layers(sizes: Sizes, links: Sequence[Link], starts: Sequence[str]) -> Drawing:
    rank = _ranks(list(sizes), links, starts)
    rows: list[list[str]] = [[] for _ in range(max(rank.values()) + 1)]
    for name in sizes:
        rows[rank[name]].append(name)
    layers = _Layers(rows, {name: width for name, (width, _) in sizes.items()})
    routes: list[list[str]] = []
    for number, link in enumerate(links):
        route = [link.origin]
        step = 1 if rank[link.to] > rank[link.origin] else -1
        for row in range(rank[link.origin] + step, rank[link.to], step):
            slot = f"{number}:{row}"
            rows[row].append(slot)
            layers.width[slot] = SLOT
            route.append(slot)
        route.append(link.to)
        routes.append(route)
        for a, b in pairwise(route):
            layers.near[a].append(b)
            layers.near[b].append(a)
    layers.sort()
    layers.settle()

    high = [max((sizes[n][1] for n in row if n in sizes), default=0.0) for row in layers.rows]
    top = np.concatenate([[0.0], np.cumsum(np.array(high) + GAP)]) + PADDING
    boxes = {
        name: NodeBox(layers.x[name], float(top[rank[name]]) + high[rank[name]] / 2, *sizes[name])
        for name in sizes
    }
    arrows = _run(links, routes, layers, boxes, top, high)
    width = max(layers.x[n] + layers.width[n] / 2 for row in layers.rows for n in row) + PADDING
    # An arrow between two boxes of the last layer may run under what stands between them.
    lowest = max((y for arrow in arrows for _, y in arrow.dots()), default=0.0)
    return Drawing(width, max(float(top[-1]) - GAP, lowest) + PADDING, boxes, arrows)


def _run(
    links: Sequence[Link],
    routes: list[list[str]],
    layers: _Layers,
    boxes: dict[str, NodeBox],
    top: Floats,
    high: list[float],
) -> list[Arrow]:
    """Return the arrows: upright beside boxes, turning only in the gaps between layers."""
    row_of = {name: i for i, row in enumerate(layers.rows) for name in row}
    ports = _Ports(boxes, layers.x)
    edges: list[tuple[str, str] | None] = []
    for number, (link, route) in enumerate(zip(links, routes, strict=True)):
        step = row_of[link.to] - row_of[link.origin]
        if step == 0 and _beside(link, layers.rows[row_of[link.to]], boxes):
            edges.append(None)
            continue
        leave, enter = ("above", "below") if step < 0 else ("below", "above" if step else "below")
        ports.ask(link.origin, leave, route[1], number)
        ports.ask(link.to, enter, route[-2], number)
        edges.append((leave, enter))
    arrows = []
    for number, (link, route, edge) in enumerate(zip(links, routes, edges, strict=True)):
        a, b = boxes[link.origin], boxes[link.to]
        if edge is None:
            sign = 1 if b.x > a.x else -1
            points: list[Point] = [(a.x + sign * a.width / 2, a.y)]
            _straight(points, (b.x - sign * b.width / 2, b.y))
            arrows.append(Arrow(link, tuple(points)))
            continue
        points = [ports.at(link.origin, edge[0], route[1], number)]
        end = ports.at(link.to, edge[1], route[-2], number)
        row = row_of[link.origin]
        if row == row_of[link.to]:
            deep = float(top[row]) + high[row] + GAP * 0.9
            points += [(points[0][0], deep), (end[0], deep), end]
        else:
            for slot in route[1:-1]:
                upper = float(top[row_of[slot]])
                lower = upper + high[row_of[slot]]
                enter_at, leave_at = (lower, upper) if edge[0] == "above" else (upper, lower)
                _bend(points, (layers.x[slot], enter_at))
                _straight(points, (layers.x[slot], leave_at))
            _bend(points, end)
        arrows.append(Arrow(link, tuple(points)))
    return arrows


def _ranks(names: list[str], links: Sequence[Link], starts: Sequence[str]) -> dict[str, int]:
    """Return the least number of transitions from a start state to every state."""
    graph = nx.DiGraph()
    graph.add_nodes_from(names)
    for link in links:
        graph.add_edge(link.origin, link.to)
        if link.both_ways:
            graph.add_edge(link.to, link.origin)
    rank = dict.fromkeys(names, 0)
    for start in starts:
        for name, steps in nx.single_source_shortest_path_length(graph, start).items():
            rank[name] = min(rank[name], steps) if rank[name] else steps
    for start in starts:
        rank[start] = 0
    return rank


def _beside(link: Link, row: list[str], boxes: dict[str, NodeBox]) -> bool:
    """Return whether no box stands between two of the same layer."""
    low, high = sorted((row.index(link.origin), row.index(link.to)))
    return not any(name in boxes for name in row[low + 1 : high])


class _Ports:
    """Shares out the upper and lower edges of boxes among the arrows that meet them."""

    def __init__(self, boxes: dict[str, NodeBox], x: dict[str, float]) -> None:
        self._boxes, self._x = boxes, x
        self._asked: dict[tuple[str, str], list[tuple[float, int]]] = defaultdict(list)

    def ask(self, box: str, edge: str, other: str, number: int) -> None:
        """Ask for a port for arrow `number`, which leads to `other` (a box or a slot)."""
        self._asked[box, edge].append((self._x[other], number))

    def at(self, box: str, edge: str, other: str, number: int) -> Point:
        """Return the port of arrow `number` towards `other`."""
        asked = sorted(self._asked[box, edge])
        here = self._boxes[box]
        place = asked.index((self._x[other], number)) - (len(asked) - 1) / 2
        apart = min(20.0, here.width * 0.8 / len(asked))
        return here.x + place * apart, here.y + here.height / 2 * (1 if edge == "below" else -1)


def _between(a: Point, b: Point, share: float) -> Point:
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share


def _bend(points: list[Point], end: Point) -> None:
    """Run from the last point to `end`, leaving and arriving vertically."""
    start = points[-1]
    reach = (end[1] - start[1]) * 0.55
    points += [(start[0], start[1] + reach), (end[0], end[1] - reach), end]


def _straight(points: list[Point], end: Point) -> None:
    start = points[-1]
    points += [_between(start, end, 1 / 3), _between(start, end, 2 / 3), end]


# --------------------------------------------------------------------------------------- ring


def _ring(sizes: Sizes, links: Sequence[Link], starts: Sequence[str]) -> Drawing:
    order = _ring_order(list(sizes), links, starts)
    wide, high = max(w for w, _ in sizes.values()), max(h for _, h in sizes.values())
    boxes: dict[str, NodeBox] = {}
    arrows: list[Arrow] = []
    for growth in range(12):
        across = wide * (0.95 + 0.06 * len(order)) * (1 + 0.08 * growth)
        down = max(high * len(order) * 0.42, across * 0.62) * (1 + 0.04 * growth)
        boxes = _on_ellipse(order, sizes, across, down)
        arrows = [_chord(link, boxes, order, across, down) for link in links]
        if not any(crosses(arrow, boxes) for arrow in arrows) and not _touching(boxes):
            break
    left = min(box.x - box.width / 2 for box in boxes.values()) - PADDING
    above = min(box.y - box.height / 2 for box in boxes.values()) - PADDING
    moved = {
        name: NodeBox(box.x - left, box.y - above, box.width, box.height)
        for name, box in boxes.items()
    }
    return Drawing(
        max(box.x + box.width / 2 for box in moved.values()) + PADDING,
        max(box.y + box.height / 2 for box in moved.values()) + PADDING,
        moved,
        [Arrow(a.link, tuple((x - left, y - above) for x, y in a.points)) for a in arrows],
    )


def _ring_order(names: list[str], links: Sequence[Link], starts: Sequence[str]) -> list[str]:
    """Return an order round the ring, a start first, in which few arrows cross."""
    order = sorted(names, key=lambda name: name not in starts)
    fewest = _chord_crossings(order, links)
    better = True
    while better:
        better = False
        for i, j in combinations(range(1, len(order)), 2):
            swapped = list(order)
            swapped[i], swapped[j] = swapped[j], swapped[i]
            crossings = _chord_crossings(swapped, links)
            if crossings < fewest:
                order, fewest, better = swapped, crossings, True
    return order


def _chord_crossings(order: list[str], links: Sequence[Link]) -> int:
    at = {name: i for i, name in enumerate(order)}
    chords = [tuple(sorted((at[link.origin], at[link.to]))) for link in links]
    return sum(
        a[0] < b[0] < a[1] < b[1] or b[0] < a[0] < b[1] < a[1] for a, b in combinations(chords, 2)
    )


def _on_ellipse(order: list[str], sizes: Sizes, across: float, down: float) -> dict[str, NodeBox]:
    """Return boxes at equal distances along an ellipse, the first at the top."""
    dense = np.linspace(0, 2 * np.pi, 721)
    x, y = across * np.sin(dense), -down * np.cos(dense)
    run: Floats = np.concatenate([[0.0], np.hypot(np.diff(x), np.diff(y)).cumsum()])
    angles = np.interp(np.arange(len(order)) / len(order) * run[-1], run, dense)
    return {
        name: NodeBox(float(across * np.sin(a)), float(-down * np.cos(a)), *sizes[name])
        for name, a in zip(order, angles, strict=True)
    }


def _chord(
    link: Link, boxes: dict[str, NodeBox], order: list[str], across: float, down: float
) -> Arrow:
    a, b = boxes[link.origin], boxes[link.to]
    apart = abs(order.index(link.origin) - order.index(link.to))
    if apart in (1, len(order) - 1):
        p, q = a.towards((b.x, b.y)), b.towards((a.x, a.y))
        return Arrow(link, (p, _between(p, q, 1 / 3), _between(p, q, 2 / 3), q))
    middle = ((a.x + b.x) / 2, (a.y + b.y) / 2)
    # Short chords bend inwards most: they are the ones that run close to the boxes of the ring.
    far = np.hypot((a.x - b.x) / across, (a.y - b.y) / down) / 2
    inward = 0.45 + 0.4 * far
    pulled = (middle[0] * inward, middle[1] * inward)
    p = a.towards(_between((b.x, b.y), pulled, 0.5))
    q = b.towards(_between((a.x, a.y), pulled, 0.5))
    return Arrow(link, (p, _between(p, pulled, 2 / 3), _between(q, pulled, 2 / 3), q))


def crosses(arrow: Arrow, boxes: dict[str, NodeBox]) -> bool:
    """Return whether an arrow runs through a box that it does not join."""
    others = [b for n, b in boxes.items() if n not in (arrow.link.origin, arrow.link.to)]
    return any(box.holds(dot, 1.0) for dot in arrow.dots() for box in others)


def _touching(boxes: dict[str, NodeBox]) -> bool:
    return any(
        abs(a.x - b.x) < (a.width + b.width) / 2 + ASIDE / 2
        and abs(a.y - b.y) < (a.height + b.height) / 2 + ASIDE / 2
        for a, b in combinations(boxes.values(), 2)
    )


# ------------------------------------------------------------------------------------- sheets


def pack(sizes: Sizes, width: float, gap: float) -> tuple[dict[str, Point], float]:
    """Return the corner of every panel on a sheet of a given width, and the sheet's height.

    The tallest come first, each as high up as it can stand, then as far left.
    """
    placed: dict[str, Point] = {}

    def free(x: float, y: float, wide: float, high: float) -> bool:
        return x + wide <= width + 1e-6 and not any(
            x < px + sizes[n][0] + gap
            and px < x + wide + gap
            and y < py + sizes[n][1] + gap
            and py < y + high + gap
            for n, (px, py) in placed.items()
        )

    for name in sorted(sizes, key=lambda n: -sizes[n][1]):
        wide, high = sizes[name]
        xs = [0.0, *(x + sizes[n][0] + gap for n, (x, _) in placed.items())]
        ys = [0.0, *(y + sizes[n][1] + gap for n, (_, y) in placed.items())]
        spots = [(y, x) for y in ys for x in xs if free(x, y, wide, high)]
        y, x = min(spots)
        placed[name] = (x, y)
    return placed, max((y + sizes[n][1] for n, (_, y) in placed.items()), default=0.0)

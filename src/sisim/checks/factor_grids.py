"""Is a table over several features whole: every band and category once, and no cell missing?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise, product
from typing import NamedTuple

from sisim.scenario.errors import Reason, nearest
from sisim.scenario.factor_grid import HEADS, MOST_FEATURES, band, labels
from sisim.scenario.features import Features
from sisim.scenario.pathway import Factor
from sisim.scenario.positions import Path


class Said(NamedTuple):
    """What is wrong in a table, and where below the factor."""

    path: Path
    reason: Reason
    suggestion: str | None = None
    choices: tuple[str, ...] = ()


def wrong_in_grid(factor: Factor, features: Features) -> list[Said]:
    """Return what is wrong in a factor over several features."""
    found = list(_features(factor, features))
    if found or (factor.file is not None and factor.content is None):  # which is told already
        return found
    return [*_labels(factor, features), *_cells(factor)]


def _features(factor: Factor, features: Features) -> Iterator[Said]:
    names = factor.features
    if factor.feature is not None:
        yield Said(("feature",), Reason('Give either "feature" or "features".'))
    if bool(factor.table) == (factor.file is not None):
        yield Said(("features",), Reason('With "features" there is either a "table" or a "file".'))
    elif factor.table and len(names) != 2:
        reason = Reason(
            'A "table" has two features; a "file" has up to {most}.', most=MOST_FEATURES
        )
        yield Said(("features",), reason)
    elif len(names) > MOST_FEATURES:
        yield Said(
            ("features",), Reason("A table has at most {most} features.", most=MOST_FEATURES)
        )
    for key in ("below", "values", "default", "unit", "window", "shape", "direct", "product"):
        if key in factor.model_fields_set:
            reason = Reason('"{key}" does not stand beside "features".', key=key)
            yield Said((key,), reason)
    for place, name in enumerate(names):
        if name in names[:place]:
            yield Said(("features", place), Reason('"{name}" stands here twice.', name=name))
        if not features.exists(name):
            reason = Reason(
                '{what} "{name}" does not exist.', what=Reason("The feature"), name=name
            )
            known = features.names()
            yield Said(("features", place), reason, nearest(name, known), tuple(known))
        elif name.partition(".")[0] not in HEADS or features.is_number(name):
            reason = Reason('A table over several features cannot have "{name}".', name=name)
            yield Said(("features", place), reason)


def _labels(factor: Factor, features: Features) -> Iterator[Said]:
    for place, (name, own) in enumerate(zip(factor.features, labels(factor), strict=True)):
        path = _path(factor, place, own)
        if not features.is_categorical(name):
            yield from _bands(name, own, path)
        elif name != "area" or features.areas is not None:
            yield from _categories(name, own, path, features)


def _path(factor: Factor, place: int, own: Sequence[str]) -> dict[str, Path]:
    """Return where each label of a feature stands: in the file of a table, its first row or so."""
    if factor.file is not None:
        return dict.fromkeys(own, ("file",))
    if place == 0:
        return {label: ("table", label) for label in own}
    return {
        label: ("table", row, label)
        for label in own
        for row in factor.table
        if label in factor.table[row]
    }


def _bands(name: str, own: Sequence[str], path: dict[str, Path]) -> Iterator[Said]:
    found = {label: band(label) for label in own}
    for label, ends in found.items():
        if ends is None:
            reason = Reason(
                '"{label}" is no band of "{feature}": write 0, 1-4 or 85+.',
                label=label,
                feature=name,
            )
            yield Said(path[label], reason)
    ordered = sorted((ends, label) for label, ends in found.items() if ends is not None)
    for (before, first), (after, second) in pairwise(ordered):
        if after[0] < before[1]:
            reason = Reason(
                'The bands "{one}" and "{other}" of "{feature}" overlap.',
                one=first,
                other=second,
                feature=name,
            )
            yield Said(path[second], reason)
        elif after[0] > before[1]:
            reason = Reason(
                'Between the bands "{one}" and "{other}" of "{feature}" something is missing.',
                one=first,
                other=second,
                feature=name,
            )
            yield Said(path[second], reason)


def _categories(
    name: str, own: Sequence[str], path: dict[str, Path], features: Features
) -> Iterator[Said]:
    allowed, seen = features.allowed(name), dict[str, str]()
    for label in own:
        if label not in allowed:
            reason = Reason(
                '{what} "{name}" does not exist.', what=Reason("The category"), name=label
            )
            yield Said(path[label], reason, nearest(label, allowed), tuple(allowed))
            continue
        for category in sorted(features.members(name, label)):
            if category in seen:
                reason = Reason('"{name}" stands here twice.', name=category)
                yield Said(path[label], reason)
            seen[category] = label
    missing = [one for one in features.categories(name) or () if one not in seen]
    if missing and set(own) <= set(allowed):
        reason = Reason(
            'Of "{feature}" there is nothing for: {names}.', feature=name, names=missing
        )
        yield Said(("file",) if "file" in next(iter(path.values()), ()) else ("table",), reason)


def _cells(factor: Factor) -> Iterator[Said]:
    if factor.content is not None:
        if any(value < 0 for value in factor.content.values):
            yield Said(("file",), Reason("A multiplier cannot be negative."))
        return
    rows, columns = labels(factor)
    for row, column in product(rows, columns):
        value = factor.table[row].get(column)
        if value is None:
            reason = Reason('The cell "{row}", "{column}" is missing.', row=row, column=column)
            yield Said(("table", row), reason)
        elif value.value < 0:
            yield Said(("table", row, column), Reason("A multiplier cannot be negative."))

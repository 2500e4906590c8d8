"""Tables of features: the calendar, tracks and groups, strengths of effects, and target groups."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sisim.engine.compile.builder import Builder
from sisim.engine.compile.effect_tables import EffectPaths
from sisim.engine.draws import purpose_code
from sisim.engine.tables import (
    CalendarRow,
    FeatureRow,
    FeatureTables,
    MeasurementRow,
    PartRow,
    TrackRow,
)
from sisim.scenario.condition import Condition
from sisim.scenario.factor_table import PROBABILITY, RATE, condition_factor


def feature_tables(build: Builder, paths: EffectPaths) -> FeatureTables:
    """Return the tables by which features are observed."""
    groups = [build.pathway.groups[name] for name in build.groups]
    member = [
        [group.track == t and s in group.states for t, s in build.states] + [False]
        for group in groups
    ]
    return FeatureTables(
        first_step=build.clock.first_moment,
        origin=build.oldest,
        scenario_start=build.clock.start,
        feature=np.array(list(build.features), FeatureRow),
        state_feature=np.array(build.state_feature, np.int32),
        track=_tracks(build),
        group_track=np.array([build.track_names.index(group.track) for group in groups], np.int32),
        member=np.array(member, np.bool_).reshape(len(groups), len(build.states) + 1),
        part=np.array(build.parts, PartRow),
        band=np.array(build.bands, np.int32),
        calendar=_calendar(build),
        **paths.features._asdict(),
    )


def _calendar(build: Builder) -> NDArray[np.void]:
    """Return year, month and beginning months by step, from the birth of the oldest."""
    clock = build.clock
    steps = np.arange(-build.oldest, clock.end + 1)
    calendar = np.zeros(len(steps), CalendarRow)
    calendar["year"] = clock.calendar_year(steps) - clock.first_calendar_year
    calendar["month"] = clock.month(steps)
    for month in range(1, 13):
        calendar["begins"] |= clock.begins(steps, month).astype(np.int32) << month
    return calendar


def _tracks(build: Builder) -> NDArray[np.void]:
    """Return each track's range of states, and the purposes of its draws."""
    rows = np.zeros(len(build.tracks), TrackRow)
    first = 0
    for row, (name, states) in zip(rows, build.tracks.items(), strict=True):
        row["first"], row["last"] = first, first + len(states)
        row["move"], row["to"], row["start"] = (
            purpose_code(f"{purpose}:{name}") for purpose in ("move", "to", "start")
        )
        first += len(states)
    return rows


def target_tables(build: Builder) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the target groups as ranges of references whose values are 0 or 1.

    Returns:
        The conditions that must all hold, (investments, 2); and the alternatives of which one must
        hold, (alternatives, 3): the investment, and the range.
    """
    ranges, parts = [], []
    for number, investment in enumerate(build.scenario.investments.values()):
        ranges.append(_condition(build, investment.target))
        parts += [(number, *_condition(build, part)) for part in investment.target.any_of]
    return (
        np.array(ranges, np.int32).reshape(-1, 2),
        np.array(parts, np.int32).reshape(-1, 3),
    )


def measurement_tables(build: Builder) -> list[MeasurementRow]:
    """Return the measurements: whom they are about, what is shown, and who answers."""
    rows = []
    for name, measurement in build.scenario.measurements.items():
        if measurement.instrument is None:
            nobody = np.zeros((0, 2), np.int32)
            rows.append(MeasurementRow(name, (0, 0), nobody, 0.0, RATE, (0, 0), 1.0, (0, 0)))
            continue
        instrument = build.pathway.instruments[measurement.instrument]
        score = instrument.mean is not None
        base = instrument.mean if score else instrument.probability
        assert base is not None
        parts = [_condition(build, part) for part in measurement.condition.any_of]
        rows.append(
            MeasurementRow(
                name,
                _condition(build, measurement.condition),
                np.array(parts, np.int32).reshape(-1, 2),
                base.value,
                RATE if score else PROBABILITY,
                build.add(instrument.factors, RATE if score else PROBABILITY),
                measurement.response.value,
                build.add(measurement.response_factors, PROBABILITY),
            )
        )
    return rows


def _condition(build: Builder, condition: Condition) -> tuple[int, int]:
    """Append what must all hold in a condition as references; return their range."""
    first, features = len(build.references), condition.features
    # A state is the quickest to look up and excludes the most.
    for name in sorted(features, key=lambda f: not f.startswith("state.")):
        factor = condition_factor(name, features[name])
        build.references.append(build.reference("condition", factor, RATE))
    return first, len(build.references)

"""Two scenario files: what was changed, and what each change did to the result.

Each change is made alone in the first file; what is left between the sum of these and the whole
difference is what the changes do together. The people and the luck are the same throughout.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sisim.analysis.question import count_undefined, mean_defined, standard_error
from sisim.arrays import Floats
from sisim.checks.checks import check_scenario
from sisim.loading.validation import validate
from sisim.scenario.digest import LOOKING_ON
from sisim.scenario.document import Document
from sisim.scenario.positions import Positions
from sisim.scenario.scenario import Scenario

Path = tuple[str | int, ...]
WORDS = frozenset(
    {
        "name",
        "title",
        "description",
        "label",
        "labels",
        "catalogue",
        "follow_up",
        *LOOKING_ON,
        "source",
        "grade",
        "note",
        "tuned",
        "low",
        "high",
        "distribution",
        "unit",
        "figures",
        "invented",
        "targets",
        "outcomes",
        "override",
        "override_files",
        "seed",
        "replications",
        "uncertainty",
    }
)
"""Keys that have no bearing on a result, or (seeds) are those of the first file."""


class _Nothing:
    def __repr__(self) -> str:
        return "–"


NOTHING: Any = _Nothing()
"""What is not in a file."""


@dataclass(frozen=True)
class KeyChange:
    """One thing that is another in the second file.

    Attributes:
        path: Where.
        before: What the first file says there; NOTHING if nothing.
        after: What the second says.
    """

    path: Path
    before: Any
    after: Any

    @property
    def key(self) -> str:
        """The dotted path, as `--set` takes it."""
        return ".".join(map(str, self.path)).removeprefix("pathway.")


def changes(one: Scenario, other: Scenario) -> list[KeyChange]:
    """Return all that is another in the second scenario, words apart, in the order of the file."""
    return list(_changes(_data(one), _data(other), ()))


def changed_alone(scenario: Scenario, *made: KeyChange) -> Scenario | None:
    """Return a scenario with some changes made; None if they do not fit without the others."""
    data = deepcopy(_data(scenario))
    for change in made:
        node: Any = data
        for part in change.path[:-1]:
            node = node[part]
        if change.after is NOTHING:
            del node[change.path[-1]]
        else:
            node[change.path[-1]] = deepcopy(change.after)
    document = Document("", data, Positions(""))
    # Shares of which one is changed need not sum to 1: proportions are what counts.
    for change in made:
        document.changed[change.path] = document.locate(())
    found, problems = validate(Scenario, document)
    if found is None or problems or check_scenario(found, document):
        return None
    return found


def difference(one: Scenario, other: Scenario, ask: Callable[[Scenario], Floats]) -> pd.DataFrame:
    """Return what each change does to an outcome when it is made alone, and what they do together.

    Args:
        one: The first scenario.
        other: The second.
        ask: Returns an outcome of a scenario, (replications,), with the same seeds for each.

    Returns:
        Columns: kind ("first", "change", "together", "second"), key, before, after, fits (whether
        the change can be made alone), result (NaN of "together", and where it is undefined), effect
        (of the change), effect_error (its standard error), undefined (in how many replications).
    """
    start, end = ask(one), ask(other)
    rows: list[dict[str, Any]] = [_of(start, kind="first")]
    alone = 0.0 * start
    for change in changes(one, other):
        row: dict[str, Any] = {
            "kind": "change",
            "key": change.key,
            "before": _said(change.before),
            "after": _said(change.after),
        }
        scenario = changed_alone(one, change)
        row["fits"] = scenario is not None
        if scenario is not None:
            changed = ask(scenario)
            effect = changed - start
            alone = alone + effect
            row = _of(changed, effect, **row)
        rows.append(row)
    together = end - start - alone
    rows.append(
        {
            "kind": "together",
            "effect": float(mean_defined(together)),
            "effect_error": standard_error(together),
        }
    )
    rows.append(_of(end, end - start, kind="second"))
    head = ["kind", "key", "before", "after", "fits"]
    columns = [*head, "result", "effect", "effect_error", "undefined"]
    return pd.DataFrame(rows, columns=columns)


def _of(result: Floats, effect: Floats | None = None, **known: Any) -> dict[str, Any]:
    """Return what is known of a row of `difference`, and an outcome and its change in it."""
    row = known | {"result": float(mean_defined(result)), "undefined": count_undefined(result)}
    if effect is not None:
        row |= {"effect": float(mean_defined(effect)), "effect_error": standard_error(effect)}
    return row


def _data(scenario: Scenario) -> dict[str, Any]:
    return scenario.model_dump(by_alias=True, exclude_none=True, exclude_unset=True)


def _changes(one: Any, other: Any, path: Path) -> Iterator[KeyChange]:
    one, other = _plain(one), _plain(other)
    if isinstance(one, dict) and isinstance(other, dict):
        for key in [*one, *(key for key in other if key not in one)]:
            left, right = one.get(key, NOTHING), other.get(key, NOTHING)
            # The distribution of a number has no bearing; that of a repayment is a choice.
            if key not in WORDS or (
                isinstance(left if right is NOTHING else right, str) and (key == "distribution")
            ):
                yield from _changes(left, right, (*path, key))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from _changes(left, right, (*path, number))
    elif one is NOTHING or other is NOTHING or one != other:
        yield KeyChange(path, one, other)


def _plain(node: Any) -> Any:
    """Return a number without its owner, if it is one."""
    if isinstance(node, dict) and "value" in node and set(node) - {"value"} <= WORDS:
        return node["value"]
    return node


def _said(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, dict):
        return "…"
    if isinstance(value, list):
        return "[" + ", ".join(_said(_plain(one)) for one in value) + "]"
    return str(value)

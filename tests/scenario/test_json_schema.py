"""The JSON Schema that editors read."""

import copy
import json
import tomllib
from typing import Any

import pytest
from helpers.any_files import ODD, Raw, places
from helpers.small_files import PATHWAY, RICH, SCENARIO
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from jsonschema.validators import extend
from pydantic import BaseModel, ValidationError

from sisim.loading.derived_numbers import LETTER, DerivedNumbers
from sisim.loading.fixed_numbers import fixed_places
from sisim.scenario.document import Document
from sisim.scenario.json_schema import schema
from sisim.scenario.pathway import Pathway
from sisim.scenario.positions import Positions
from sisim.scenario.scenario import Scenario
from sisim.scenario.types import NAME

# A whole number in TOML is written without a point.
WHOLE = Draft7Validator.TYPE_CHECKER.redefine(
    "integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool)
)
VALIDATORS: dict[str, Any] = {
    kind: extend(Draft7Validator, type_checker=WHOLE)(schema(kind))
    for kind in ("scenario", "pathway")
}
WELL = tomllib.loads(PATHWAY)


@pytest.mark.parametrize("kind", ["scenario", "pathway"])
def test_every_reference_leads_somewhere(kind: Any) -> None:
    text = json.dumps(schema(kind))
    content = schema(kind)
    for part in text.split('"#/definitions/')[1:]:
        assert part.split('"')[0] in content["definitions"]
    assert "$defs" not in text


def test_it_knows_the_keys_of_the_files() -> None:
    assert set(schema("pathway")["properties"]) == set(Pathway.model_fields)
    assert set(schema()["properties"]) == set(Scenario.model_fields)
    assert schema()["properties"]["pathway"]["type"] == "string"
    assert "Pathway" not in schema()["definitions"]


def test_it_allows_the_short_forms() -> None:
    definitions = schema("pathway")["definitions"]
    assert {"type": "number", "minimum": 0, "maximum": 1} in definitions["Probability"]["anyOf"]
    assert {"type": "string"} in definitions["Text"]["anyOf"]
    one = {"type": "string", "pattern": NAME}
    assert one in definitions["Transition"]["properties"]["from"]["anyOf"]


def test_it_explains() -> None:
    definitions = schema("pathway")["definitions"]
    assert definitions["Rate"]["description"].startswith("A hazard per unit of time")
    assert "\n" not in definitions["Factor"]["description"]


def _form(document: dict[str, Any]) -> bool:
    """Return whether the reader takes the form of a pathway or a scenario without its pathway."""
    model: type[BaseModel] = Scenario if "population" in document else Pathway
    if model is Scenario:
        document = {**document, "pathway": WELL}
    document = copy.deepcopy(document)
    # A text where a number may stand is a formula, whatever it says.
    DerivedNumbers(Document("", document, Positions("")), model)
    for place in list(fixed_places(document, model)):
        if LETTER.search(place.text) or not place.whole:
            place.put(1.0)
    try:
        model.model_validate(document)
    except ValidationError as error:
        # That a value lies within its own range no schema can say.
        found = {one["type"] for one in error.errors()}
        assume(found.isdisjoint({"outside_range", "upside_down"}))
        return False
    return True


@given(st.data())
@settings(max_examples=400)
def test_the_schema_and_the_reader_take_the_same_files(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["scenario", "pathway"]))
    document = tomllib.loads(SCENARIO if kind == "scenario" else RICH)
    for _ in range(data.draw(st.integers(1, 2))):
        path = data.draw(st.sampled_from(places(document)))
        assume(path[0] not in ("pathway", "override"))
        parent: Any = document
        for key in path[:-1]:
            parent = parent[key]
        value = data.draw(ODD)
        assume(value == value and not isinstance(value, Raw))  # JSON has no such numbers
        if value is None:
            del parent[path[-1]]
        elif isinstance(parent, dict) and isinstance(value, str):
            parent[value] = parent.pop(path[-1])
        else:
            parent[path[-1]] = value
    problems = [
        (list(one.absolute_path), one.message) for one in VALIDATORS[kind].iter_errors(document)
    ]
    assert (not problems) == _form(document), (problems, document)

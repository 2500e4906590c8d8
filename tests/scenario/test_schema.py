"""The JSON Schema that editors read."""

import json
from typing import Any

import pytest

from sisim.scenario.json_schema import schema
from sisim.scenario.pathway import Pathway
from sisim.scenario.scenario import Scenario


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
    assert {"type": "string"} in definitions["Transition"]["properties"]["from"]["anyOf"]


def test_it_explains() -> None:
    definitions = schema("pathway")["definitions"]
    assert definitions["Rate"]["description"].startswith("A hazard per unit of time")
    assert "\n" not in definitions["Factor"]["description"]

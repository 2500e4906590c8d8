"""The register of who answers for each number."""

from helpers.small_files import Write

from sisim.loading.load import load_scenario
from sisim.scenario.register import assumptions


def test_the_register_says_who_answers_for_each_number(write: Write) -> None:
    scenario = load_scenario(write(), {"time.years": 5, "investments.support.reach": 0.5})
    register = assumptions(scenario).set_index("key")
    placement = register.loc["transitions.placement.rate"]
    assert (placement.value, placement.low, placement.high) == (0.01, 0.005, 0.02)
    assert (placement.grade, placement.source) == ("measured", "Z")
    assert placement.file.endswith("small.toml")
    assert register.loc["investments.support.reach", "file"] == "--set"
    assert register.loc["drift.inflation", "file"] == ""
    by_age = register.loc["factors.by_age.values.1"]
    assert (by_age.grade, by_age.source) == ("assumption", "Y")
    assert not register.index.has_duplicates


def test_every_key_of_the_register_can_be_set(write: Write) -> None:
    path = write()
    register = assumptions(load_scenario(path))
    for key, value in zip(register.key, register.value, strict=True):
        changed = assumptions(load_scenario(path, {key: value})).set_index("key")
        assert changed.loc[key, "value"] == value
        assert changed.loc[key, "file"] == "--set"

"""What a file that says nothing of its economy means."""

from helpers.small_files import Write

from sisim.loading.load import load_scenario
from sisim.scenario.register import assumptions


def test_a_file_that_states_no_rate_is_discounted_at_the_usual_one(write: Write) -> None:
    scenario = load_scenario(write())
    assert scenario.economy.discount_costs.value == scenario.economy.discount_effects.value == 0.035
    row = assumptions(scenario).set_index("key").loc["economy.discount_costs"]
    assert (row.value, row.source, row.file) == (0.035, "S148 ASEK", "")


def test_nothing_is_discounted_where_the_file_says_so(write: Write) -> None:
    stated = ("[figures]", "[economy]\ndiscount_costs = 0\ndiscount_effects = 0\n\n[figures]")
    economy = load_scenario(write(stated)).economy
    assert economy.discount_costs.value == economy.discount_effects.value == 0

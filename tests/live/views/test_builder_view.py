"""The builder in a browser: from nothing to a picture, with every mistake answered in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers.accessibility import barriers
from helpers.command_line import sisim
from helpers.visitors import Server, Visitor, serving
from helpers.words import READ, leaks, slips

from sisim.loading.load import load_scenario

Enter = Callable[..., Visitor]
SMALL = ("placed-youth", "--residents", "800", "--set", "replications=1", "--set", "time.years=8")
OF = "#build-investments-investment-"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the server."""
    return tmp_path_factory.mktemp("built")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    """Return a server that saves in a folder of its own."""
    with serving(*SMALL, "--folder", str(folder)) as found:
        yield found


def says(page: Any, place: str, text: str) -> None:
    """Wait until something is said at a place."""
    page.wait_for_function(
        "([place, text]) => document.querySelector(place)?.innerText.includes(text)",
        arg=[place, text],
    )


def enter(page: Any, **texts: str) -> None:
    """Fill in fields of the investment."""
    for name, text in texts.items():
        page.fill(f"{OF}{name.replace('_', '-')}", text)
        page.keyboard.press("Tab")


def test_from_nothing_to_a_saved_scenario_and_its_pictures(visit: Enter, folder: Path) -> None:
    someone = visit("?lang=sv")
    page = someone.page
    page.click("#more")
    page.click("#open-build")
    # Nothing is wrong where nothing has been entered, until it is asked for.
    says(page, "#build-status", "Saknas")
    assert page.locator(".builder .wrong:visible").count() == 0
    page.click("#build-save")
    says(page, "#build-title-wrong", "behövs")
    assert page.get_attribute("#build-title", "aria-invalid") == "true"
    page.fill("#build-title", "Närvaroteamet")
    page.keyboard.press("Tab")
    page.wait_for_selector("#build-title-wrong", state="hidden")
    assert page.input_value(f"{OF}label") == "Närvaroteamet"
    for field, text in (("population-residents", "1 500"), ("time-years", "10")):
        page.fill(f"#build-{field}", text)
        page.keyboard.press("Tab")
    # Whom it is for, in words, and how many they are.
    enter(page, target_age_from="10", target_age_below="16")
    says(page, "#build-target", "från 10 och under 16 år")
    says(page, "#build-count", "är i den vid starten")
    page.click(f"{OF}target-state-attendance")
    page.check(f"{OF}target-state-attendance-long-absence")
    says(page, "#build-target", "närvaro")
    enter(page, years="tre", capacity="15", reach="1,5")
    says(page, f"{OF}years-wrong", "är inget tal")
    says(page, f"{OF}reach-wrong", "högst 1")
    enter(page, years="3", reach="0,7", reach_source="familjer som tackar ja")
    page.wait_for_selector(f"{OF}reach-wrong", state="hidden")
    enter(page, cost_running="1 500 000", cost_running_source="två tjänster")
    page.wait_for_function("document.querySelector('#build-library').options.length > 5")
    page.select_option("#build-library", index=1)
    page.click("#build-take")
    page.wait_for_selector(f"{OF}effects-0-ratio")
    page.check("#build-arms-new-way")
    page.wait_for_selector(f"{OF}new-way-ramp")
    enter(page, new_way_cost_running="2 600 000")
    page.click("#build-prices summary")
    page.click("#build-price-use")
    price = "#build-override-resources-preschool-year-price"
    page.fill(price, "-1")
    page.keyboard.press("Tab")
    says(page, f"{price}-wrong", "minst 0")
    page.fill(price, "180000")
    page.keyboard.press("Tab")
    # A range, an evaluation and a contract; what is wrong in them is told in its place.
    effect = f"{OF}effects-0-ratio"
    page.fill(f"{effect}-low", "3")
    page.keyboard.press("Tab")
    says(page, f"{effect}-wrong", "3")
    page.fill(f"{effect}-low", "")
    page.keyboard.press("Tab")
    page.wait_for_selector(f"{effect}-wrong", state="hidden")
    page.check("#build-evaluations")
    plan = "#build-evaluations-plan"
    page.fill(f"{plan}-cohorts-below", "2025-01")
    page.keyboard.press("Tab")
    page.wait_for_selector(f"{plan}-cohorts-below-wrong:visible, {plan}-wrong:visible")
    page.select_option(f"{plan}-design", "other_areas")
    page.wait_for_selector(f"{plan}-areas-norr")
    page.check(f"{plan}-areas-norr")
    page.select_option(f"{plan}-design", "before_after")
    page.fill(f"{plan}-cohorts-below", "2028-01")
    page.keyboard.press("Tab")
    page.check("#build-contracts")
    contract = "#build-contracts-contract"
    page.wait_for_selector(f"{contract}-parties-investor")
    page.fill(f"{contract}-parties-investor", "Framtidskapital")
    page.fill(f"{contract}-payments-capital-amounts-2026", "4 500 000")
    page.fill(f"{contract}-payments-outcome-price", "-900000")
    page.keyboard.press("Tab")
    says(page, f"{contract}-payments-outcome-price-wrong", "minst 0")
    page.fill(f"{contract}-payments-outcome-price", "900000")
    page.keyboard.press("Tab")
    assert barriers(page) == []
    read = str(page.evaluate(READ))
    assert (leaks(read), slips(read)) == ({}, {})
    says(page, "#build-status", "Allt som behövs finns.")
    page.click("#build-save")
    says(page, "#build-status", "har sparats")
    assert list((folder / "drafts").glob("*.json")) == []  # it is a scenario now
    page.click("#build-see")
    page.wait_for_selector("#chart-project svg")
    page.wait_for_function("location.search.includes('scenario=saved')")
    assert someone.text("h1") == "Närvaroteamet"
    # The same file opens in the command line.
    saved = folder / "Närvaroteamet.toml"
    assert sisim("check", saved).exit_code == 0
    scenario = load_scenario(saved)
    assert scenario.pathway.resources["preschool_year"].price.value == 180_000
    assert (scenario.population.residents, scenario.time.years) == (1500, 10)
    found = scenario.investments["investment"]
    assert (found.years, found.capacity, found.reach.value) == (3, 15, 0.7)
    assert found.reach.source == "familjer som tackar ja"
    assert found.cost.running.value == 1_500_000
    assert found.effects[0].ratio.source
    assert scenario.evaluations["plan"].design == "before_after"
    assert scenario.evaluations["plan"].areas == []
    outcome = scenario.contracts["contract"].payments["outcome"]
    assert outcome.price is not None
    assert outcome.price.value == 900_000


def test_nothing_that_is_written_is_lost_with_the_tab(visit: Enter) -> None:
    one = visit("?lang=en&show=build", wait="#build-title", rests=False)
    one.page.fill("#build-title", "Half a")
    one.page.keyboard.press("Tab")
    one.page.fill(f"{OF}years", "thr")  # and nothing after it, not even a key
    says(one.page, f"{OF}years-wrong", "is not a number")
    one.page.close()
    other = visit("?lang=en&show=build", wait="#build-kept button", rests=False)
    other.page.click("#build-kept button:has-text('Half a')")
    other.page.wait_for_function(f"document.querySelector('{OF}years').value === 'thr'")
    assert other.page.input_value("#build-title") == "Half a"


def test_the_builder_has_no_barrier_on_a_phone_and_begins_from_what_is_shown(
    visit: Enter,
) -> None:
    someone = visit("?lang=en&dark=1&show=build", size=(390, 844), wait="#build-title", rests=False)
    page = someone.page
    page.select_option("#build-base", "seen")
    page.click("#build-begin")
    page.wait_for_selector("#build-investments-team-effects-2-ratio")
    says(page, "#build-status", "All that is needed is there.")
    assert "foster" in someone.text("#build-target")
    page.fill("#build-investments-team-cost-running", "5000000")
    page.keyboard.press("Tab")
    page.wait_for_function(
        "document.getElementById('build-investments-team-cost-running-source').value === ''"
    )
    assert barriers(page) == []
    with page.expect_download() as given:
        page.click("#build-download")
    assert load_scenario(given.value.path()).investments["team"].cost.running.value == 5_000_000

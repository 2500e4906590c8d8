"""The page in a real Chromium: the two figures follow the hand, for whoever looks at it."""

from __future__ import annotations

import csv
import io
import random
import re
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers.visitors import Server, Visitor, serving

from sisim.live.exports import overridden
from sisim.live.presets import presets, what_ifs
from sisim.live.sliders import main_sliders
from sisim.loading.files import shipped
from sisim.loading.load import load_scenario

Enter = Callable[..., Visitor]
FILES = Path(__file__).parents[1] / "helpers"


def test_it_opens_with_no_way_out_of_this_machine(visit: Enter, server: Server) -> None:
    someone = visit()
    assert someone.asked_outside == []
    assert server.address.startswith("http://127.0.0.1:")
    assert someone.page.locator("section.figure").count() == 2
    assert (
        len(someone.series("project", "cost-with"))
        == len(someone.series("project", "cost-without"))
        == 25
    )
    assert "Traceback" not in server.said()


def test_both_figures_hold_the_same_future_without(visit: Enter) -> None:
    someone = visit()
    assert someone.series("project", "cost-without") == someone.series("new_way", "cost-without")


def test_a_new_way_of_working_makes_the_inflow_smaller_than_a_project_does(visit: Enter) -> None:
    someone = visit()
    project, new_way = (
        dict(someone.series(which, "first-with")) for which in ("project", "new_way")
    )
    after = [year for year in project if year >= 2030]
    assert sum(new_way[year] for year in after) < sum(project[year] for year in after)


def test_a_slider_moves_the_curves_and_undo_moves_them_back(visit: Enter) -> None:
    someone = visit()
    before = someone.series("new_way", "cost-with")
    someone.slide("slider-inflow", 0.0)
    moved = someone.series("new_way", "cost-with")
    assert moved != before
    assert someone.text("output[for=slider-inflow]") == "0%"
    assert "inflow=0" in someone.query()
    someone.do(lambda: someone.page.click("#undo"))
    assert someone.series("new_way", "cost-with") == before
    assert someone.at("slider-inflow") == pytest.approx(0.08)
    assert "inflow" not in someone.query()
    assert someone.page.is_disabled("#undo")


def test_a_drag_is_followed_while_the_hand_moves(visit: Enter) -> None:
    someone = visit()
    before = someone.series("new_way", "cost-with")
    hand = someone.page.locator("#slider-effect").bounding_box()
    mouse, y = someone.page.mouse, hand["y"] + hand["height"] / 2
    mouse.move(hand["x"] + hand["width"] / 2, y)
    mouse.down()
    someone.do(lambda: mouse.move(hand["x"] + hand["width"] * 0.8, y, steps=8))
    assert someone.series("new_way", "cost-with") != before
    assert "effect" not in someone.query()
    mouse.up()
    someone.rest()
    assert "effect" in someone.query()
    # A whole drag is one step back.
    someone.do(lambda: someone.page.click("#undo"))
    assert someone.series("new_way", "cost-with") == before


def test_no_number_is_settled_that_is_not_the_last_word(visit: Enter) -> None:
    """From the first move on, what stands there as settled is what stands there in the end."""
    someone = visit("?lang=en&runs=3")
    assert someone.page.get_attribute("body", "data-phase") == "settled"
    before = someone.text("#numbers-new_way")
    someone.page.evaluate("""() => {
        window.seen = [];
        const see = () => seen.push([document.body.dataset.phase,
            document.getElementById("numbers-new_way").innerText]);
        new MutationObserver(see).observe(document.body,
            { attributes: true, characterData: true, subtree: true });
    }""")
    someone.slide("slider-effect", 0.05)
    someone.page.wait_for_selector("body[data-phase=settled]")
    seen, last = someone.page.evaluate("seen"), someone.text("#numbers-new_way")
    assert last != before
    assert {text for phase, text in seen if phase == "settled"} == {last}
    assert any(phase in ("dragging", "refining") and text == before for phase, text in seen)


def test_words_follow_the_hand_with_the_curves(visit: Enter) -> None:
    someone = visit()
    page = someone.page

    def seen() -> list[str]:
        return [
            someone.text("#numbers-project"),
            someone.text("output[for=slider-effect]"),
            someone.text(".figure:first-child .verdict"),
        ]

    before, foot = seen(), someone.text(".foot")
    hand = "(kind) => document.getElementById('slider-effect').dispatchEvent(new Event(kind))"
    page.evaluate("document.getElementById('slider-effect').value = 0")
    someone.do(lambda: page.evaluate(hand, "input"))
    now = seen()
    assert all(text != then for text, then in zip(now, before, strict=True))
    assert page.get_attribute("#slider-effect", "aria-valuetext") == now[1] == "0%"
    assert now[2] in page.get_attribute("#chart-project", "aria-label")
    # What the picture was made of is said when the hand rests.
    page.evaluate(hand, "change")
    page.wait_for_function("said => document.querySelector('.foot').innerText !== said", arg=foot)


def test_a_figure_that_has_followed_a_hand_is_the_one_that_its_link_opens(visit: Enter) -> None:
    someone = visit()
    for value in (0.0, 0.6, 0.2):
        someone.slide("slider-effect", value)
    other = visit(someone.query())
    for which in ("project", "new_way"):
        for name in (
            "cost-with",
            "cost-without",
            "lower-floor",
            "lower",
            "inflow-with",
            "first-with",
        ):
            assert someone.series(which, name) == other.series(which, name), (which, name)


def test_two_settings_stand_beside_each_other_with_their_difference(visit: Enter) -> None:
    someone = visit()
    before = someone.series("new_way", "cost-with")
    net, rows = someone.text("#numbers-new_way td.net"), "#numbers-new_way"
    someone.page.keyboard.press("c")
    someone.page.wait_for_selector("#keep[aria-pressed=true]")
    # Until a slider is moved, B is A.
    someone.page.wait_for_selector(f"{rows}-more td.net:has-text('SEK 0')")
    someone.slide("slider-effect", 0.6)
    assert someone.series("new_way", "cost-a") == before
    assert someone.series("new_way", "cost-with") != before
    assert someone.text(f"{rows}-a td.net") == net
    assert someone.text(".slider:first-child .was") == "A: 30%"
    kept, now, more = (someone.text(f"{rows}{row} td.net") for row in ("-a", "", "-more"))
    a, b = (float(re.sub(r"[^\d.−]", "", text).replace("−", "-")) for text in (kept, now))
    assert b > a
    assert more.startswith("+SEK")
    # A link holds both, and the way back leads to one.
    other = visit(someone.query())
    other.page.wait_for_function("""() => sisim.chart("chart-new_way").getOption().series
        .find((one) => one.id === "cost-a")?.data.length""")
    assert other.series("new_way", "cost-a") == before
    assert other.text(f"{rows}-more") == someone.text(f"{rows}-more")
    someone.come_forward()
    someone.page.click("#keep")
    someone.page.wait_for_selector(f"{rows}-a", state="detached")


def test_a_sentence_says_what_each_slider_is_and_what_it_rests_on(visit: Enter) -> None:
    someone = visit()
    page = someone.page
    said = page.evaluate("""() => [...document.querySelectorAll(".bottom input[type=range]")]
        .map((one) => document.getElementById(one.getAttribute("aria-describedby")).textContent)""")
    assert len(set(said)) == len(said) == 6
    assert all(re.search(r" in the file – \S", one) for one in said)
    assert page.locator(".why:visible").count() == 0
    page.focus("#slider-effect")
    page.wait_for_selector("#slider-effect-why:visible")
    page.hover("#slider-reach")  # what is pointed at goes first
    page.wait_for_selector("#slider-reach-why:visible")
    assert page.locator(".why:visible").count() == 1
    # No slider is hidden by it.
    for name in ("effect", "reach", "project_time", "half_life", "inflow", "drift"):
        page.hover(f"#slider-{name}")
        assert page.evaluate(
            """(id) => { const at = (id) => document.getElementById(id).getBoundingClientRect();
            return at(id + "-why").top >= at(id).bottom - 4; }""",
            f"slider-{name}",
        ), name


def test_axes_stand_still_while_curves_move(visit: Enter) -> None:
    someone = visit()

    def top(which: str) -> float:
        return someone.page.evaluate(
            "id => sisim.chart(id).getOption().yAxis[0].max", f"chart-{which}"
        )

    before = top("project")
    someone.slide("slider-drift", 0.04)
    assert top("project") == top("new_way") == before
    someone.do(lambda: someone.page.click("#rescale"))
    assert someone.page.is_hidden("#rescale")
    assert top("project") == top("new_way") > before


def test_the_year_is_dragged_in_the_picture(visit: Enter) -> None:
    someone = visit()
    box = someone.page.locator("#chart-new_way").bounding_box()
    mouse, y = someone.page.mouse, box["y"] + 0.3 * box["height"]
    mouse.move(box["x"] + 0.35 * box["width"], y)
    mouse.down()
    mouse.move(box["x"] + 0.6 * box["width"], y, steps=6)
    mouse.up()
    someone.rest()
    year = re.search(r"year=(\d+)", someone.query())
    assert year is not None
    assert 2032 <= int(year[1]) <= 2045
    someone.do(lambda: someone.page.keyboard.press("ArrowRight"))
    assert f"year={int(year[1]) + 1}" in someone.query()


def test_the_language_changes_without_a_reload(visit: Enter) -> None:
    someone = visit()
    someone.page.evaluate("window.was_here = true")
    assert someone.page.evaluate("document.documentElement.lang") == "en"
    someone.page.click("#language")
    someone.page.wait_for_selector("text=Figur 1")
    # Numbers are written when they have been worked out again.
    someone.page.wait_for_selector("#numbers-new_way:has-text('kr')")
    someone.rest()
    assert someone.page.evaluate("window.was_here")
    assert someone.page.evaluate("document.documentElement.lang") == "sv"
    said = someone.text("#numbers-new_way")
    assert "mkr" in said or "tkr" in said
    assert "SEK" not in someone.text("body")
    assert "Effekt för den som får insatsen" in someone.text(".sliders")
    assert "1,0\xa0%" in someone.text("output[for=slider-drift]")


def test_a_link_restores_the_view(visit: Enter) -> None:
    one = visit()
    one.slide("slider-reach", 0.4)
    one.do(lambda: one.page.keyboard.press("ArrowRight"))
    one.page.click("#dark")
    one.page.wait_for_selector("body.body--dark")
    one.rest()
    other = visit(one.query())
    assert other.at("slider-reach") == pytest.approx(0.4)
    assert other.series("project", "cost-with") == one.series("project", "cost-with")
    assert other.page.locator("body.body--dark").count() == 1
    assert other.text("#numbers-project") == one.text("#numbers-project")


def test_an_address_that_means_nothing_is_no_matter(visit: Enter) -> None:
    strange = visit("?reach=often&year=-5&lang=fr&told=abc&population.residents=3&x=1&runs=")
    assert strange.page.locator("section.figure").count() == 2


def test_the_story_is_told_with_a_clicker(visit: Enter) -> None:
    someone = visit()
    someone.page.keyboard.press("PageDown")
    someone.page.wait_for_selector("#step-0[aria-pressed=true]")
    someone.rest()
    assert someone.series("project", "cost-with") == []
    assert someone.text("#notes").strip()
    shown = []
    for step in range(1, 5):
        someone.page.keyboard.press("PageDown")
        someone.page.wait_for_selector(f"#step-{step}[aria-pressed=true]")
        someone.rest()
        shown.append([len(someone.series(w, "cost-with")) for w in ("project", "new_way")])
    whole = len(someone.series("project", "cost-without"))
    assert 0 < shown[0][0] < whole
    assert shown[0][1] == 0
    assert shown[1:] == [[whole, 0], [whole, whole], [whole, whole]]
    assert "told=4" in someone.query()
    someone.page.keyboard.press("s")
    someone.page.wait_for_selector("#notes", state="detached")
    someone.page.keyboard.press("PageUp")
    someone.page.wait_for_selector("#step-3[aria-pressed=true]")
    someone.page.click("#tell")
    someone.page.wait_for_selector(".sliders")


def test_the_room_guesses_first(visit: Enter) -> None:
    someone = visit()
    someone.page.click("#guess")
    someone.page.wait_for_selector(".figure.guessing svg")
    someone.rest()
    assert someone.series("project", "cost-with") == []
    box = someone.page.locator("#chart-project").bounding_box()
    mouse, y = someone.page.mouse, box["y"] + 0.3 * box["height"]
    mouse.move(box["x"] + 0.3 * box["width"], y)
    mouse.down()
    mouse.move(box["x"] + 0.7 * box["width"], y + 20, steps=12)
    mouse.up()
    someone.rest()
    guessed = someone.series("project", "guess")
    assert len(guessed) > 5
    someone.page.click("#guess")
    someone.page.wait_for_selector(".figure:not(.guessing) svg")
    someone.rest()
    assert len(someone.series("project", "cost-with")) == 25
    assert [year for year, _ in someone.series("project", "guess")] == [y for y, _ in guessed]


def test_people_move_between_places_and_each_has_two_lives(visit: Enter) -> None:
    someone = visit("?show=people")
    someone.page.wait_for_function("() => sisim.dots.seen()?.people > 0")
    # It begins at the turn of the year before the worlds part.
    first = someone.page.evaluate("sisim.dots.seen().year")
    assert first >= 2026
    someone.page.click("#dots-on")
    assert someone.page.evaluate("sisim.dots.seen().year") == first + 1
    someone.page.keyboard.press("ArrowLeft")
    someone.page.wait_for_function("n => sisim.dots.seen().year === n", arg=first)
    someone.page.select_option("#dots-speed", "4")
    someone.page.click("#dots-play")
    someone.page.wait_for_function("n => sisim.dots.seen().year >= n + 3", arg=first)
    someone.page.click("#dots-play")
    someone.page.wait_for_function("() => !sisim.dots.seen().playing")
    someone.page.wait_for_timeout(900)
    x, y, _ = someone.page.evaluate(
        "[...Array(200).keys()].map((n) => sisim.dots.where(n, 1)).find((at) => at)"
    )
    someone.page.locator("#dots").click(position={"x": x, "y": y})
    someone.page.wait_for_selector("dialog[open] #chart-life svg")
    assert "What the person uses costs" in someone.text("dialog")
    someone.page.click("#life-arithmetic")
    life = someone.text("dialog .life")
    assert "Born" in life
    assert "Where the lives differ" in life
    assert "Why" in life


def test_the_inflow_arrives_month_by_month_as_the_run_has_counted_it(visit: Enter) -> None:
    someone = visit("?show=people&arrivals=1&lang=en", wait="#arrivals")
    page = someone.page
    page.wait_for_function("sisim.arrivals.seen()")
    seen = page.evaluate("sisim.arrivals.seen()")
    assert seen["label"] >= "2026-01"
    assert seen["moving"] == 0
    for _ in range(30):
        page.click("#arrivals-on")
    now = page.evaluate("sisim.arrivals.seen()")
    assert now["moving"] > 0
    said = page.get_attribute("#arrivals", "aria-label")
    there = [int(n) for n in re.findall(r"Placed: (\d+)", said)]
    assert there == now["dots"]
    assert re.search(r"From project .*of whom helped \d", said)
    headline = re.findall(r"(?:equal\)|working) (\d+)", someone.text("#arrivals-said"))
    without, with_ = map(int, headline)
    assert without >= with_ > 0
    # Who does not want anything to move sees it at once.
    page.emulate_media(reduced_motion="reduce")
    page.click("#arrivals-on")
    assert page.evaluate("sisim.arrivals.seen().moving") == 0
    page.keyboard.press("v")
    page.wait_for_selector("#as-table")
    assert "2026" in someone.text("#as-table")
    page.keyboard.press("Escape")
    page.click("#people-lives")
    page.wait_for_selector("#dots")
    page.wait_for_function("!location.search.includes('arrivals')")


def test_money_follows_the_same_sliders(visit: Enter) -> None:
    someone = visit("?show=money")
    find = "id => JSON.stringify(sisim.chart(id).getOption().series)"
    before = someone.page.evaluate(find, "chart-who-gains")
    someone.slide("slider-reach", 0.1)
    assert someone.page.evaluate(find, "chart-who-gains") != before
    assert someone.page.locator(".money .figure").count() == 1  # there is no fund to tell of


def test_administrations_are_alone_on_scales_of_their_own_and_together_on_one(
    visit: Enter,
) -> None:
    someone = visit("?show=administrations")
    option = someone.page.evaluate("sisim.chart('chart-administrations').getOption().yAxis")
    *small, one, two = [(axis["min"], axis["max"]) for axis in option]
    assert small
    assert len(set(small)) == len(small)
    assert one == two
    shown = someone.text("main")
    for said in ("Figure 1", "Social services", "Cost of the intervention"):
        assert said in shown
    someone.slide("slider-effect", 0.5)


def test_the_notes_follow_what_has_been_worked_out(visit: Enter) -> None:
    someone = visit("?told=4&notes=1")
    someone.rest()
    said = " ".join(someone.page.locator("#chart-new_way svg text").all_text_contents())
    shares = re.findall(r"2043: ([+−]?\d+%)", said.replace("\n", " "))
    assert len(shares) == 2
    notes = someone.text("#notes")
    assert all(share in notes for share in shares)


def test_what_is_taken_home_is_what_is_seen(visit: Enter, tmp_path: Path) -> None:
    someone = visit()
    someone.slide("slider-inflow", 0.5)
    seen = someone.series("new_way", "cost-with")
    found: dict[str, bytes] = {}
    for kind in ("csv", "toml", "svg", "png"):
        someone.page.click("#save")
        someone.page.wait_for_selector("dialog[open]")
        with someone.page.expect_download() as download:
            someone.page.click(f"#save-{kind}")
        found[kind] = Path(download.value.path()).read_bytes()
        assert download.value.suggested_filename == f"placed-youth.{kind}"
        someone.page.keyboard.press("Escape")
    rows = list(csv.DictReader(io.StringIO(found["csv"].decode())))
    cost = [
        float(row["mean"]) for row in rows if row["arm"] == "new_way" and row["series"] == "cost"
    ]
    assert [round(y / cost[n], 6) for n, (_, y) in enumerate(seen)] == pytest.approx(
        [seen[0][1] / cost[0]] * len(seen), rel=1e-3
    )
    assert found["svg"].lstrip().startswith(b"<?xml")
    assert found["png"].startswith(b"\x89PNG")
    (tmp_path / "taken.toml").write_bytes(found["toml"])
    taken = load_scenario(tmp_path / "taken.toml")
    assert taken.investments["team"].effects[4].ratio.value == pytest.approx(0.5)
    assert taken.seed == 1
    assert tomllib.loads(found["toml"].decode())["override"]


def test_the_decision_document_is_that_of_the_sliders(visit: Enter) -> None:
    someone = visit("?lang=sv")
    someone.slide("slider-inflow", 0.5)
    someone.page.click("#save")
    someone.page.wait_for_selector("dialog[open]")
    with someone.page.expect_download() as download:
        someone.page.click("#save-report")
        someone.page.wait_for_function("document.querySelector('#report-said').textContent")
        assert re.search("[0-9]+ %$", someone.text("#report-said"))
    someone.page.wait_for_function(
        "document.querySelector('#report-said').textContent.includes('sparat')"
    )
    assert download.value.suggested_filename == "placed-youth-report-sv.html"
    page = Path(download.value.path()).read_text(encoding="utf-8")
    assert '<html lang="sv">' in page
    assert "investments.team.effects.4.ratio=0.5" in page


def test_no_position_of_the_sliders_breaks_it(visit: Enter) -> None:
    someone = visit()
    sliders = {slider.id: slider for slider in main_sliders(load_scenario("placed-youth"))}
    dice = random.Random(5)
    for _ in range(8):
        slider = sliders[dice.choice(list(sliders))]
        value = dice.choice([slider.low, slider.high, dice.uniform(slider.low, slider.high)])
        if abs(value - someone.at(f"slider-{slider.id}")) > slider.step:
            someone.slide(f"slider-{slider.id}", value)
    assert someone.text(".status") == ""


def test_a_link_restores_every_slider(visit: Enter) -> None:
    one = visit()
    for name, value in (("project_time", 4), ("half_life", 2.5), ("drift", 0.02)):
        one.slide(f"slider-{name}", value)
    other = visit(one.query())
    assert other.at("slider-project_time") == 4
    assert other.series("new_way", "cost-with") == one.series("new_way", "cost-with")


HASTE = """async (seed) => {
  const dice = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const any = (all) => all[Math.floor(dice() * all.length)];
  const keys = ["PageDown", "PageUp", "ArrowLeft", "ArrowRight", " ", "1", "2", "0", "t", "g", "s",
    "n", "z", "d", "l", "a", "v", "?", "r", "Escape", "Home"];
  const fire = (one, name) => one.dispatchEvent(new Event(name, { bubbles: true }));
  for (let n = 0; n < 90; n++) {
    const what = dice();
    if (what < 0.5) {
      document.body.dispatchEvent(new KeyboardEvent("keydown", { key: any(keys), bubbles: true }));
    } else if (what < 0.8) {
      const hand = any([...document.querySelectorAll("input[type=range]"), null]);
      if (!hand) continue;
      for (let k = 0; k < 3; k++) {
        hand.value = +hand.min + (hand.max - hand.min) * dice();
        fire(hand, "input");
      }
      fire(hand, "change");
    } else if (what < 0.95) {
      any([...document.querySelectorAll("nav button, #more, #undo, #reset, [id^=wish]")]).click();
    } else {
      const choice = document.getElementById("choose-scenario");
      if (choice) { choice.value = any([...choice.options]).value; fire(choice, "change"); }
    }
    if (dice() < 0.3) await new Promise((go) => setTimeout(go, 120 * dice()));
  }
}"""


def test_haste_breaks_nothing(visit: Enter, server: Server) -> None:
    someone = visit()
    someone.page.evaluate("window.was_here = true")
    someone.page.evaluate(HASTE, 4)
    someone.page.keyboard.press("Escape")
    someone.page.keyboard.press("Escape")
    # Whatever it was, the page goes on, and its address says what is seen.
    someone.do(lambda: someone.page.evaluate("emitEvent('key', 'reset')"))
    someone.page.evaluate("document.querySelector('dialog[open]')?.close()")
    someone.page.evaluate("emitEvent('key', 'both')")
    someone.page.click("#show-figures")
    someone.page.wait_for_selector("#chart-new_way svg")
    someone.rest()
    assert someone.page.evaluate("window.was_here")
    # Haste may have chosen another scenario, which has sliders of its own.
    name, there = someone.page.evaluate("""() => {
        const hand = document.querySelector(".bottom input[type=range]");
        return [hand.id, +hand.min + 0.37 * (hand.max - hand.min)];
    }""")
    someone.slide(name, there)
    other = visit(someone.query())
    assert other.series("new_way", "cost-with") == someone.series("new_way", "cost-with")
    assert "Traceback" not in server.said()


def test_every_preset_and_every_what_if_has_a_picture(visit: Enter) -> None:
    someone = visit()
    sliders = main_sliders(load_scenario("placed-youth"))
    wishes = [*presets(sliders), *what_ifs(sliders)]
    assert len(wishes) >= 10
    someone.page.click("#what-if")
    someone.page.wait_for_selector("dialog[open]")
    for one in wishes:
        someone.page.click(f"#wish-{one.id}")
        for name, value in one.values.items():
            someone.page.wait_for_function(
                "([id, v]) => Math.abs(document.getElementById(id).value - v) < 0.051",
                arg=[f"slider-{name}", value],
            )
        someone.rest()
    assert len(someone.series("project", "cost-with")) == 25


def test_without_effect_the_curves_differ_by_the_cost_of_the_intervention(visit: Enter) -> None:
    someone = visit("?effect=0&inflow=0&only=project")
    with_, without = (
        dict(someone.series("project", f"cost-{name}")) for name in ("with", "without")
    )
    gap = dict(someone.series("project", "gap"))
    assert {year: with_[year] - without[year] for year in with_} == pytest.approx(gap, abs=1e-3)
    assert {year for year, cost in gap.items() if abs(cost) > 1e-3} == {2026, 2027, 2028}
    assert all(gap[year] > 0 for year in (2026, 2027, 2028))


PLACE = """Object.entries(mounted_app.elements)
    .find(([, one]) => one.props?.id === "chart-project")[0]"""
"""The framework's number of a chart."""


def test_a_chart_may_go_as_soon_as_it_has_come(visit: Enter) -> None:
    """As on a slow machine, where the page may be put together twice in a row."""
    someone = visit()
    someone.page.evaluate(f"""async () => {{
        const all = mounted_app.elements, place = {PLACE}, one = all[place];
        for (let n = 0; n < 3; n++) {{
            delete all[place];
            await mounted_app.$nextTick();
            all[place] = one;
            await mounted_app.$nextTick();
        }}
    }}""")
    someone.page.wait_for_selector("#chart-project svg")


def test_what_was_meant_for_a_chart_is_not_drawn_in_its_successor(visit: Enter) -> None:
    someone = visit()
    former = someone.page.evaluate(PLACE)
    someone.do(lambda: someone.page.click("#language"))
    before = someone.series("project", "cost-without")
    late = {former: {"series": [{"id": "cost-without", "data": []}]}}
    someone.page.evaluate("late => sisim.draw(late, {}, false)", late)
    assert someone.series("project", "cost-without") == before != []
    someone.page.evaluate(
        "late => sisim.draw(late, {}, false)", {someone.page.evaluate(PLACE): late[former]}
    )
    assert someone.series("project", "cost-without") == []


def test_reset_new_seed_and_runs(visit: Enter) -> None:
    someone = visit()
    before = someone.series("project", "cost-without")
    someone.do(lambda: someone.page.click("#new-seed"))
    assert "seed=" in someone.query()
    assert someone.series("project", "cost-without") != before
    someone.do(lambda: someone.page.click("#reset"))
    assert someone.query() == ""
    assert someone.series("project", "cost-without") == before
    someone.page.click("#more")
    someone.page.wait_for_selector("#drawer")
    assert someone.page.locator("#drawer .slider").count() > 20
    assert "assumption: " in someone.text("#drawer")
    someone.page.fill("#set-runs", "5")
    someone.do(lambda: someone.page.keyboard.press("Tab"))
    someone.page.check("#set-bands")
    someone.page.wait_for_function("""() => sisim.chart("chart-project").getOption().series
        .find((one) => one.id === "cost-band-with")?.data.length > 0""")
    someone.page.fill("#look-for", "hvb")
    someone.page.wait_for_selector("#looked-for .slider")
    someone.page.keyboard.press("Escape")
    someone.page.click("#drawer-close")
    someone.page.wait_for_selector("#drawer", state="detached")


def test_two_visitors_do_not_disturb_each_other(visit: Enter) -> None:
    one, two = visit(), visit("?lang=sv")
    before = two.series("new_way", "cost-with")
    one.come_forward()
    one.slide("slider-inflow", 0.6)
    one.do(lambda: one.page.keyboard.press("ArrowRight"))
    assert two.series("new_way", "cost-with") == before
    assert two.query() == "?lang=sv"
    assert two.at("slider-inflow") == pytest.approx(0.08)
    two.come_forward()
    two.slide("slider-reach", 0.2)
    assert one.at("slider-reach") == pytest.approx(0.8)
    assert "Figure 1" in one.text("main")
    assert "Figur 1" in two.text("main")


def test_two_visitors_read_each_in_their_own_language(visit: Enter) -> None:
    """Whoever acts last: what is answered to one is not written in the language of the other."""
    one, two = visit("?notes=1"), visit("?lang=sv&notes=1")
    for title, verdict, who in (
        ("Keys", "the lower cost", one),
        ("Tangenter", "den lägre kostnaden", two),
    ) * 2:
        who.come_forward()
        who.slide("slider-inflow", 0.6 if who.at("slider-inflow") < 0.5 else 0.3)
        who.page.click("#help")
        who.page.wait_for_selector("dialog[open]")
        assert who.text("dialog h2") == title
        who.page.keyboard.press("Escape")
        assert verdict in who.text(".verdict").lower()
    for said, who in (("Two lives", one), ("Två liv", two)):
        who.come_forward()
        who.page.click("#show-people")
        who.page.wait_for_function("() => sisim.dots.seen()?.people > 0")
        x, y, *_ = who.page.evaluate(
            "[...Array(200).keys()].map((n) => sisim.dots.where(n, 1)).find((at) => at)"
        )
        who.page.locator("#dots").click(position={"x": x, "y": y})
        who.page.wait_for_selector("dialog[open] #chart-life svg")
        who.page.click("#life-arithmetic")
        assert who.text("dialog h2") == said
        assert ("Born" in who.text("pre.life")) == (who is one)


def test_what_is_wrong_in_a_file_is_said_as_by_check(chromium: Any, tmp_path: Path) -> None:
    for name in ("small.toml", "trial.toml"):
        shutil.copy(FILES / name, tmp_path / name)
    file = tmp_path / "trial.toml"
    good = file.read_text(encoding="utf-8")
    with serving(str(file)) as server:
        file.write_text(good + "\n[economi]\nx = 1\n", encoding="utf-8")
        someone = Visitor(chromium, server.address, wait=".problems")
        said = someone.text(".problems pre")
        assert "economi" in said
        assert 'Did you mean "economy"?' in said
        assert "trial.toml:" in said
        file.write_text(good, encoding="utf-8")
        someone.page.click("#again")
        someone.page.wait_for_selector("header.top")
        someone.leave()


def test_a_file_of_ones_own_is_opened_for_oneself_alone(visit: Enter) -> None:
    one, two = visit("?reach=0.4"), visit("?lang=sv")
    before = two.series("project", "cost-with")
    text = shipped("scenario")["placed-youth"].read_text(encoding="utf-8")
    changes = {"population.residents": 1200, "time.years": 12, "replications": 1}

    def bring(content: str) -> None:
        file = {"name": "mine.toml", "mimeType": "", "buffer": content.encode()}
        one.page.set_input_files("#bring", [file])

    one.come_forward()
    one.page.click("#more")
    one.page.wait_for_selector("#open-file")
    bring("title = 'x'\npathwy = 'placed-youth'\n[time]\nstart = 'soon'\n")
    one.page.wait_for_selector("dialog[open] pre")
    said = one.text("dialog pre")
    assert "mine.toml:2: pathwy" in said
    assert "Did you mean" in said
    one.page.keyboard.press("Escape")
    bring(text.replace('pathway = "', 'pathway = "/etc/'))
    one.page.wait_for_selector("dialog[open] pre:has-text('no ready pathway')")
    one.page.keyboard.press("Escape")
    bring("#" * 600_000)
    one.page.wait_for_selector("dialog[open] pre:has-text('larger')")
    one.page.keyboard.press("Escape")
    assert one.at("slider-reach") == pytest.approx(0.4)
    own = overridden(text.replace('"The team around', '"My team around'), changes)
    one.do(lambda: bring(own))
    one.page.wait_for_selector("h1:has-text('My team')")
    assert len(one.series("project", "cost-with")) < 25
    assert one.at("slider-reach") == pytest.approx(0.8)
    one.page.click("#drawer-close")
    one.page.click("#save")
    with one.page.expect_download() as download:
        one.page.click("#save-toml")
    taken = Path(download.value.path()).read_text(encoding="utf-8")
    assert taken.startswith(own.split("[override]")[0])
    one.page.keyboard.press("Escape")
    assert two.series("project", "cost-with") == before
    two.come_forward()
    two.page.click("#more")
    assert "mine.toml" not in two.text("#choose-scenario")
    # Nothing of it is kept: whoever opens the link sees what the server was started with.
    three = visit(one.query())
    assert "My team" not in three.text("h1")
    one.come_forward()
    one.do(lambda: one.page.click("#undo"))
    assert "My team" not in one.text("h1")
    assert one.at("slider-reach") == pytest.approx(0.4)


def test_curves_say_their_numbers_at_the_year_that_is_pointed_at(visit: Enter) -> None:
    someone = visit("?lang=sv")
    x, y = someone.page.evaluate("""() => {
        const box = document.getElementById("chart-new_way").getBoundingClientRect();
        const strip = { xAxisIndex: 0, yAxisIndex: 0 };
        const at = sisim.chart("chart-new_way").convertToPixel(strip, [2035, 1]);
        return [box.x + at[0], box.y + at[1] - 30];
    }""")
    someone.page.mouse.move(x, y)
    someone.page.wait_for_selector("#readout")
    said = [line.split("\t") for line in someone.text("#readout").strip().splitlines()]
    assert said[0] == ["2035", "Utan", "Med"]
    cost = [dict(someone.series("new_way", f"cost-{name}"))[2035] for name in ("without", "with")]
    assert said[1] == [
        "Kostnad, mkr",
        *(f"{value:.1f}".replace(".", ",").removesuffix(",0") for value in cost),
    ]
    assert [line[0] for line in said[2:]] == ["Nya ärenden", "varav för första gången"]
    # While a hand drags, nothing is in its way.
    someone.page.mouse.down()
    someone.page.mouse.move(x + 40, y)
    assert someone.page.is_hidden("#readout")
    someone.page.mouse.up()
    someone.rest()
    someone.page.mouse.move(5, 5)
    someone.page.keyboard.press("v")
    someone.page.wait_for_selector("#as-table")
    row = someone.page.inner_text("#as-table tbody tr:has(th:text-is('2035'))").split()
    assert row[:2] == ["2035", f"{cost[0]:.1f}".replace(".", ",")]
    assert len(row) == 13


# ---------------------------------------------------------------------------- before a room


def test_the_page_fills_the_screen_and_gives_it_back(visit: Enter) -> None:
    someone = visit()
    filled = "document.fullscreenElement !== null"
    someone.page.click("#full")
    someone.page.wait_for_function(filled)
    someone.page.wait_for_selector("#full[aria-pressed=true]")
    someone.page.keyboard.press("f")
    someone.page.wait_for_function(f"!({filled})")
    someone.page.wait_for_selector("#full[aria-pressed=false]")


def test_a_blank_screen_comes_back_by_whatever_is_touched(visit: Enter) -> None:
    someone = visit()
    for key, back in (("b", "b"), (".", "PageDown"), ("b", "")):
        someone.page.keyboard.press(key)
        someone.page.wait_for_selector("header.top", state="hidden")
        assert someone.page.evaluate("getComputedStyle(document.body).backgroundColor") == (
            "rgb(0, 0, 0)"
        )
        someone.page.keyboard.press(back) if back else someone.page.mouse.click(600, 300)
        someone.page.wait_for_selector("header.top", state="visible")
    someone.rest()
    assert someone.query() == ""


@pytest.mark.parametrize("clipboard", [True, False])
def test_the_link_is_copied_with_and_without_a_clipboard(visit: Enter, clipboard: bool) -> None:
    someone = visit()
    someone.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    someone.slide("slider-reach", 0.4)
    someone.page.click("#save")
    someone.page.wait_for_selector("dialog[open]")
    if not clipboard:
        someone.page.evaluate("void (navigator.clipboard.writeText = () => Promise.reject())")
    someone.page.click("#copy-link")
    someone.page.wait_for_selector("#copied:has-text('copied')")
    assert someone.page.evaluate("navigator.clipboard.readText()") == someone.page.url
    assert "reach=0.4" in someone.page.url


def test_the_speaker_has_a_window_that_follows_and_moves_the_story(visit: Enter) -> None:
    someone = visit()
    with someone.page.expect_popup() as opened:
        someone.page.keyboard.press("p")
    notes = opened.value
    notes.on("pageerror", lambda error: someone.errors.append(str(error)))
    notes.wait_for_selector("text=The story has not begun")
    notes.keyboard.press("PageDown")
    notes.wait_for_selector("text=1 of 5: Baseline")
    assert "no investment" in notes.inner_text("#notes")
    assert "Next: The project" in notes.inner_text(".next")
    someone.page.wait_for_selector("#step-0[aria-pressed=true]")
    # What the speaker has in his window, the room does not read.
    assert someone.page.locator("#notes").count() == 0
    someone.page.bring_to_front()
    someone.page.keyboard.press("PageDown")
    notes.wait_for_selector("text=2 of 5: The project")
    notes.click("#do-next")
    someone.page.wait_for_selector("#step-2[aria-pressed=true]")
    notes.keyboard.press("b")
    someone.page.wait_for_selector("header.top", state="hidden")
    notes.click("#do-blank")
    someone.page.wait_for_selector("header.top", state="visible")
    someone.page.keyboard.press("l")
    notes.wait_for_selector("text=3 av 5: Effekten avtar")
    for _ in range(2):
        notes.click("#do-next")
    notes.wait_for_selector("text=Det här är sista steget")
    assert notes.is_disabled("#do-next")


def test_the_speakers_window_says_that_there_is_no_page_to_follow(
    chromium: Any, server: Server
) -> None:
    someone = Visitor(chromium, server.address, "speaker/gone", wait=".speaker p", rests=False)
    assert "has been closed" in someone.text(".speaker")
    someone.leave()


# ---------------------------------------------------------------------------- for everyone

RATIOS = r"""() => {
  const part = (v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  const light = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  const rgba = (text) => text.match(/[\d.]+/g).map(Number);
  const behind = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const color = rgba(getComputedStyle(at).backgroundColor);
      if (color.length < 4 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  const bad = [];
  for (const one of document.querySelectorAll(".page *")) {
    const own = [...one.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    const box = one.getBoundingClientRect();
    if (!own || !box.width || one.closest("svg, canvas, .sr-only") || one.disabled) continue;
    const [a, b] = [light(rgba(getComputedStyle(one).color)), light(behind(one))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) bad.push([one.textContent.slice(0, 30), ratio]);
  }
  return bad;
}"""


@pytest.mark.parametrize("query", ["", "?dark=1", "?told=2", "?dark=1&show=people", "?show=money"])
def test_text_stands_out_from_what_is_behind_it(visit: Enter, query: str) -> None:
    assert visit(query).page.evaluate(RATIOS) == []


def test_everything_that_is_touched_has_a_name(visit: Enter) -> None:
    someone = visit()
    someone.page.click("#more")
    someone.page.wait_for_selector("#drawer")
    unnamed = someone.page.evaluate("""() => [...document.querySelectorAll(
        "button, input, select, [role=img]")].filter((one) =>
            !(one.labels?.length || one.getAttribute("aria-label") || one.textContent.trim()))
        .map((one) => one.outerHTML)""")
    assert unnamed == []
    assert someone.page.locator("h1").count() == 1


def test_the_keyboard_reaches_everything_in_the_order_it_is_read(visit: Enter) -> None:
    someone = visit()
    seen = []
    for _ in range(40):
        someone.page.keyboard.press("Tab")
        found = someone.page.evaluate("document.activeElement.id")
        if found in seen:
            break
        seen.append(found)
    order = [
        "show-figures",
        "show-money",
        "tell",
        "reset",
        "more",
        "language",
        "slider-effect",
        "slider-drift",
    ]
    assert [name for name in seen if name in order] == order
    before = someone.at("slider-effect")
    someone.page.focus("#slider-effect")
    someone.do(lambda: someone.page.keyboard.press("ArrowRight"))
    assert someone.at("slider-effect") > before


def test_no_meaning_is_carried_by_colour_alone(visit: Enter) -> None:
    someone = visit()
    styles = someone.page.evaluate("""() => sisim.chart("chart-new_way").getOption().series
        .filter((one) => ["cost-with", "cost-without"].includes(one.id))
        .map((one) => one.lineStyle.type)""")
    assert len({str(style) for style in styles}) == 2
    texts = someone.page.eval_on_selector_all(
        "#chart-new_way svg text", "all => all.map((one) => one.textContent)"
    )
    whole = " ".join(texts)
    assert "With the" in whole
    assert "Without the" in whole


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (1024, 768)])
def test_all_of_it_fits_a_projector(visit: Enter, size: tuple[int, int]) -> None:
    someone = visit(size=size)
    high, wide = someone.page.evaluate(
        "[document.documentElement.scrollHeight, document.documentElement.scrollWidth]"
    )
    assert (wide, high) == size
    assert someone.page.evaluate(SMALLEST) >= 16 * min(size[0] / 1280, 1.5) - 0.5


SMALLEST = """() => Math.min(...[...document.querySelectorAll(
    ".chart svg text, .top *, .sliders *, .telling *, .view *")].filter((one) =>
        [...one.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()) &&
        one.getBoundingClientRect().width && !one.closest(".sr-only"))
    .map((one) => parseFloat(getComputedStyle(one).fontSize)))"""


@pytest.mark.parametrize("query", ["?show=administrations&lang=sv", "?show=people", "?told=1"])
def test_whatever_is_looked_at_is_read_from_the_last_row(visit: Enter, query: str) -> None:
    someone = visit(query)
    assert someone.page.evaluate(SMALLEST) >= 16
    assert someone.page.evaluate(
        "[document.documentElement.scrollHeight, document.documentElement.scrollWidth]"
    ) == [720, 1280]


def test_a_plan_of_repayment_is_seen_as_a_whole(chromium: Any) -> None:
    file = Path(__file__).parents[2] / "scenarios" / "three-endings.toml"
    with serving(str(file), "--residents", "1500", "--set", "replications=1") as server:
        someone = Visitor(chromium, server.address, "?show=money&lang=sv")
        someone.page.wait_for_selector("#plan td")
        someone.page.set_viewport_size({"width": 1280, "height": 1000})
        someone.page.wait_for_timeout(300)
        someone.page.set_viewport_size({"width": 1280, "height": 720})
        # The pictures are drawn anew for the smaller window, which takes a moment.
        someone.page.wait_for_function("""() => [...document.querySelectorAll(".money, .tables")]
            .every((one) => one.scrollHeight <= one.clientHeight + 1
                && one.scrollWidth <= one.clientWidth + 1)""")
        someone.rest()
        assert someone.page.evaluate(SMALLEST) >= 16
        drawn = " ".join(someone.page.locator(".money svg").all_text_contents())
        assert "Statliga\N{NO-BREAK SPACE}myndigheter" in drawn
        before = someone.text("#plan")
        someone.slide("slider-reach", 0.3)
        assert someone.text("#plan") != before
        someone.leave()


def test_it_is_printed_on_one_sheet(visit: Enter) -> None:
    someone = visit()
    pdf = someone.page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1

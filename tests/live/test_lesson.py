"""The lesson file: one page that needs nothing but itself, and says what a run says."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.accessibility import barriers
from helpers.command_line import sisim as command
from hypothesis import given
from hypothesis import strategies as st
from scipy.interpolate import RegularGridInterpolator

import sisim
from sisim.analysis.comparison import WHICH, compare
from sisim.arrays import Floats
from sisim.i18n import Lang
from sisim.live.echarts import plain_script
from sisim.live.lesson import NothingToFollow, for_script, grid, lesson, page
from sisim.live.sliders import changes, main_sliders
from sisim.report.chart.chart import between
from sisim.report.chart.palette import LIGHT
from sisim.report.comparison_text import caption, conclusion, percent_pair, verdict
from sisim.report.formats import decimal, lower, percent
from sisim.report.frame import unit_of
from sisim.scenario.scenario import Scenario

FEW = {"population.residents": 1500, "time.years": 10, "replications": 1}


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return sisim.load("placed-youth", FEW)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a lesson of two sliders with three levels each, as the command writes it."""
    out = tmp_path_factory.mktemp("lesson") / "a" / "lesson.html"
    asked = [f"--set={key}={value}" for key, value in FEW.items()]
    done = command("lesson", "--out", str(out), "--versions=9", *asked)
    assert done.exit_code == 0, done.output
    assert done.output.rstrip().endswith(out.name)
    assert [one.name for one in out.parent.iterdir()] == [out.name]
    return out


class Reader:
    """Somebody who opens the file in a browser that lets nothing out."""

    def __init__(self, chromium: Any, file: Path) -> None:
        self.asked: list[str] = []
        self.errors: list[str] = []
        self._context = chromium.new_context(viewport={"width": 1280, "height": 720})
        self.page = self._context.new_page()
        own = file.as_uri()

        def ask(route: Any) -> None:
            if route.request.url == own:
                return route.continue_()
            self.asked.append(route.request.url)
            return route.abort()

        self._context.route("**/*", ask)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda m: m.type == "error" and self.errors.append(m.text))
        self.page.goto(own)
        self.page.wait_for_selector("#chart-new_way svg")

    def leave(self) -> None:
        self._context.close()
        assert self.errors == []
        assert self.asked == []

    def slider(self, name: str) -> dict[str, Any]:
        sliders: list[dict[str, Any]] = self.page.evaluate("sisim.content.levers")
        return next(one for one in sliders if one["id"] == name)

    def slide(self, name: str, value: float) -> None:
        """Move a slider to the position of a value."""
        positions = self.slider(name)["positions"]
        self.put(name, int(np.argmin(np.abs(np.array(positions) - value))))

    def put(self, name: str, position: int) -> None:
        self.page.evaluate(
            """([id, position]) => {
                const hand = document.getElementById(id);
                hand.value = position;
                hand.dispatchEvent(new Event("input", { bubbles: true }));
            }""",
            [f"slider-{name}", position],
        )

    def series(self, which: str, name: str) -> list[float]:
        data = self.page.evaluate(
            """([which, name]) => sisim.chart(which).getOption().series
                .find((one) => one.id === name).data.map(([, y]) => y)""",
            [which, name],
        )
        return [float(y) for y in data]

    def text(self, place: str) -> str:
        return str(self.page.inner_text(place))


@pytest.fixture
def reader(chromium: Any, file: Path) -> Iterator[Reader]:
    found = Reader(chromium, file)
    yield found
    found.leave()


def test_it_opens_as_a_file_and_asks_for_nothing(reader: Reader) -> None:
    assert reader.page.locator(".chart svg").count() == 2
    assert reader.page.locator("#sliders input").count() == 3
    foot = reader.text("footer")
    assert "Invented example numbers" in foot
    assert re.search(r"Seed 1 · sisim \S+ · scenario placed-youth [0-9a-f]{6,}", foot)
    assert "9 versions" in foot


def test_the_page_is_the_same_whoever_works_it_out(file: Path, scenario: Scenario) -> None:
    """The command shares the versions out among processes."""
    told: list[tuple[int, int]] = []
    here = lesson(scenario, most=9, progress=lambda done, of: told.append((done, of)))
    assert here == file.read_text("utf-8")
    assert told[-1] == (18, 18)
    assert told == sorted(set(told))


@pytest.mark.parametrize("values", [{}, {"effect": 0.0}, {"effect": 0.6, "reach": 1.0}])
def test_at_the_points_of_the_grid_it_says_what_a_run_says(
    reader: Reader, scenario: Scenario, values: dict[str, float]
) -> None:
    given_ = {**FEW, **changes(main_sliders(scenario), values)}
    comparison = compare(sisim.run(sisim.load("placed-youth", given_)))
    for name, value in values.items():
        reader.slide(name, value)
    unit = unit_of(compare(sisim.run(scenario))).size if values else unit_of(comparison).size
    for which in WHICH:
        side = comparison.side(which)
        for name, curve, size in (
            ("cost-with", side.cost, unit),
            ("cost-without", comparison.without.cost, unit),
            ("gap", side.gap, unit),
            ("inflow-with", side.entries, 1.0),
            ("inflow-without", comparison.without.entries, 1.0),
            ("first-with", side.first, 1.0),
        ):
            assert reader.series(which, name) == pytest.approx(
                curve.mean / size, rel=1e-6, abs=1e-5
            ), name
        assert reader.text(f"#{which}-helped") == decimal(side.headline["helped"][0])
        assert reader.text(f"#{which}-avoided") == decimal(side.headline["avoided"][0])
        net = side.headline["net"][0] / 1e6
        assert decimal(net, 1) in reader.text(f"#{which}-net")
        assert reader.text(f"#caption-{which}") == caption(side)
        assert reader.text(f"#verdict-{which}") == conclusion(comparison, side)
        told = f"{comparison.marked}: {lower(verdict(side))}"
        assert reader.text(f"#year-{which}") == told
        said = reader.page.get_attribute(f"#chart-{which}", "aria-label")
        before_after, with_without = percent_pair(side)
        assert f"Before–after {before_after}. With–without {with_without}." in said


def test_between_the_points_it_reads_off_in_proportion(reader: Reader) -> None:
    at = {}
    for value in (0.3, 0.45, 0.6):
        reader.slide("effect", value)
        at[value] = np.array(reader.series("new_way", "cost-with"))
    assert at[0.3] != pytest.approx(at[0.6])
    assert at[0.45] == pytest.approx((at[0.3] + at[0.6]) / 2, rel=1e-6)


class ReadOff:
    """What a lesson holds, read off between its versions by SciPy."""

    def __init__(self, content: dict[str, Any]) -> None:
        self.years, self.which = np.array(content["years"]), content["which"]
        self.parts = [*content["curves"], *content["compared"]]
        self.measures, self.kinds = content["measures"], content["curves"]
        levels = [axis["levels"] for axis in content["levers"]]
        numbers = np.frombuffer(base64.b64decode(content["numbers"]), "<f4").astype(float)
        table = numbers.reshape(*map(len, levels), -1)
        self._at = RegularGridInterpolator(levels, table)

    def at(self, values: list[float]) -> dict[str, dict[str, Floats]]:
        """Return curves, comparisons and numbers by figure, and those without as `""`."""
        row, size = self._at([values])[0], len(self.years)
        found: dict[str, dict[str, Floats]] = {"": {}}
        for name in self.kinds:
            found[""][name], row = row[:size], row[size:]
        for which in self.which:
            found[which] = {}
            for name in self.parts:
                found[which][name], row = row[:size], row[size:]
            found[which]["numbers"], row = row[: len(self.measures)], row[len(self.measures) :]
        assert not len(row)
        return found


def positions(reader: Reader, turns: int) -> Iterator[list[float]]:
    """Move all sliders to one place after another, and yield their values."""
    rng = np.random.default_rng(5)
    for _ in range(turns):
        values = []
        for axis in reader.page.evaluate("sisim.content.levers"):
            position = int(rng.integers(len(axis["positions"])))
            reader.put(axis["id"], position)
            values.append(axis["positions"][position])
        yield values


@pytest.mark.parametrize("lang", ["en", "sv"], indirect=True)
def test_wherever_sliders_stand_the_browser_reads_off_what_python_does(
    reader: Reader, lang: Lang
) -> None:
    content = reader.page.evaluate("sisim.content")
    python = ReadOff(content)
    if lang == "sv":
        reader.page.click("#language")
    crossed = 0
    for values in positions(reader, 12):
        found = python.at(values)
        place = content["years"].index(content["marked"])
        for which in content["which"]:
            own, without = found[which], found[""]
            for name, curve in (
                ("cost-with", own["cost"]),
                ("gap", own["cost"] - without["cost"]),
                ("inflow-with", own["entries"]),
                ("first-with", own["first"]),
            ):
                assert reader.series(which, name) == pytest.approx(curve, rel=1e-6, abs=1e-6)
            above, below = between(("", ""), python.years, without["cost"], own["cost"])
            crossed += len(above.x) - len(python.years)
            for name, area in (("extra", above), ("lower", below)):
                thick = np.asarray(area.high) - np.asarray(area.low)
                assert reader.series(which, name) == pytest.approx(thick, abs=1e-6)
                assert reader.series(which, f"{name}-floor") == pytest.approx(area.low, rel=1e-6)
            pair = [percent(float(own[name][place])) for name in content["compared"]]
            said = reader.page.get_attribute(f"#chart-{which}", "aria-label")
            assert all(f" {one}. " in said for one in pair)
            for name, value in zip(content["measures"], own["numbers"], strict=True):
                shown = reader.text(f"#{which}-{name}").replace("\N{NO-BREAK SPACE}", " ")
                texts = content["texts"][lang]["amount"]
                wanted = (
                    decimal(value)
                    if name in content["counts"]
                    else texts["pattern"].replace(
                        "{n}", decimal(value / texts["size"], texts["digits"])
                    )
                )
                assert shown == wanted.replace("\N{NO-BREAK SPACE}", " ")
    assert crossed


@pytest.mark.parametrize("lang", ["en", "sv"], indirect=True)
def test_shares_are_written_alike_by_both(reader: Reader, lang: Lang) -> None:
    assert percent(float("nan")) == reader.page.evaluate("sisim.percent(NaN)")
    if lang == "sv":
        reader.page.click("#language")
    for share in (-0.218, 0.0, 0.004, -0.004, 0.005, 0.015, 1.5, -12.345, 123.456):
        assert reader.page.evaluate(f"sisim.percent({share})") == percent(share)


def test_nothing_moves_without_but_the_hand_moves_with(reader: Reader) -> None:
    before = {name: reader.series("project", name) for name in ("cost-with", "cost-without")}
    axis = "sisim.chart('project').getOption().yAxis.map((one) => one.max)"
    high = reader.page.evaluate(axis)
    reader.slide("effect", 0.52)
    assert reader.series("project", "cost-with") != before["cost-with"]
    assert reader.series("project", "cost-without") == before["cost-without"]
    assert reader.page.evaluate(axis) == high
    assert reader.text("#out-effect") == "52%"
    assert reader.text("#was-effect") == "file: 30%"
    reader.page.click("#reset")
    assert reader.series("project", "cost-with") == before["cost-with"]
    assert reader.text("#was-effect") == ""


def test_both_figures_stand_on_the_same_axes_and_hold_the_same_future_without(
    reader: Reader,
) -> None:
    tops = [
        reader.page.evaluate(f"sisim.chart('{which}').getOption().yAxis.map((one) => one.max)")
        for which in WHICH
    ]
    # The difference may have a scale of its own.
    assert (tops[0][0], tops[0][2]) == (tops[1][0], tops[1][2])
    assert reader.series("project", "cost-without") == reader.series("new_way", "cost-without")


def test_the_marked_year_is_moved_by_key_and_by_hand(reader: Reader) -> None:
    hand = reader.page.locator("#slider-year")
    hand.focus()
    marked = int(reader.text("#out-year")) + 1
    reader.page.keyboard.press("ArrowRight")
    assert reader.text("#out-year") == str(marked)
    without, with_ = (np.array(reader.series("new_way", n)) for n in ("cost-without", "cost-with"))
    place = marked - reader.page.evaluate("sisim.content.years[0]")
    share = round(100 * (with_[place] / without[place] - 1))
    said = reader.page.get_attribute("#chart-new_way", "aria-label")
    assert f"With–without {'+' if share > 0 else ''}{decimal(share)}%." in said
    box = reader.page.locator("#chart-project svg").bounding_box()
    reader.page.mouse.click(box["x"] + 0.8 * box["width"], box["y"] + 0.3 * box["height"])
    assert reader.text("#out-year") == str(reader.page.evaluate("sisim.content.years.at(-1)"))


def test_every_year_and_every_end_of_every_slider_can_be_drawn(reader: Reader) -> None:
    for year in reader.page.evaluate("sisim.content.years"):
        reader.put("year", year)
    for slider in reader.page.evaluate("sisim.content.levers"):
        for position in (0, len(slider["positions"]) - 1):
            reader.put(slider["id"], position)
    assert "NaN" not in reader.page.inner_html("main")


def test_it_speaks_both_languages(reader: Reader) -> None:
    reader.slide("effect", 0.1)
    curve = reader.series("new_way", "cost-with")
    reader.page.click("#language")
    assert reader.page.get_attribute("html", "lang") == "sv"
    assert reader.text("#title") == "Teamet runt den unge"
    assert "Påhittade exempelsiffror" in reader.text("footer")
    assert reader.text("#out-effect") == "10\N{NO-BREAK SPACE}%"
    assert "Före–efter" in reader.page.inner_html("#chart-project")
    assert reader.series("new_way", "cost-with") == curve
    reader.page.click("#language")
    assert reader.page.get_attribute("html", "lang") == "en"
    assert "Before–after" in reader.page.inner_html("#chart-project")


def test_every_control_is_reached_by_key_and_named(reader: Reader) -> None:
    seen = []
    for _ in range(6):
        reader.page.keyboard.press("Tab")
        seen.append(reader.page.evaluate("document.activeElement.id"))
    assert seen == ["reset", "language", "numbers", "slider-year", "slider-effect", "slider-reach"]
    reader.page.focus("#slider-effect")
    reader.page.keyboard.press("ArrowLeft")
    assert reader.text("#out-effect") == "29%"
    assert reader.page.get_attribute("#slider-effect", "aria-valuetext") == "29%"
    for name in seen[3:]:
        assert reader.page.locator(f"label[for={name}]").inner_text()


def test_it_has_no_barrier(reader: Reader) -> None:
    assert barriers(reader.page) == []
    reader.page.set_viewport_size({"width": 390, "height": 844})
    assert barriers(reader.page) == []


def test_all_that_is_written_can_be_read(reader: Reader) -> None:
    """Contrast of at least 4.5:1, on white and, inside the figures, on a shaded phase."""
    texts = reader.page.evaluate("""() => {
        const written = (one) => one.tagName !== "SCRIPT"
            && [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
        return [...document.querySelectorAll("body *")].filter(written).map((one) => {
            const svg = one.closest("svg"), style = getComputedStyle(one);
            const color = svg ? style.fill : style.color;
            const edge = svg && svg.getBoundingClientRect().left + 0.725 * svg.clientWidth;
            return [color.match(/[\\d.]+/g).slice(0, 3).map(Number),
                    Boolean(svg) && one.getBoundingClientRect().right < edge];
        });
    }""")
    assert len(texts) > 50
    assert any(inside for _, inside in texts)
    for color, inside in texts:
        for paper in ("#FFFFFF", LIGHT["project"], LIGHT["new_way"]) if inside else ("#FFFFFF",):
            behind = light([int(paper[n : n + 2], 16) for n in (1, 3, 5)])
            assert (behind + 0.05) / (light(color) + 0.05) >= 4.5, (color, paper)


def light(color: list[float]) -> float:
    """Return the relative luminance of a colour (WCAG 2.2)."""
    parts = np.array(color) / 255
    linear = np.where(parts <= 0.03928, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def test_it_fits_the_screen_and_the_paper(reader: Reader) -> None:
    assert reader.page.evaluate("document.documentElement.scrollHeight") <= 720
    paper = reader.page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1


PARTS = ["<", "</script>", "<!--", "<script", "-->", "\u2028", "\u2029", '"', "\\", "å", "x"]


@given(st.lists(st.sampled_from(PARTS) | st.text()).map("".join))
def test_what_is_in_it_cannot_end_a_script_too_early(text: str) -> None:
    written = for_script({text: [text]})
    assert not set(written) & set("<\u2028\u2029")
    assert json.loads(written) == {text: [text]}


def test_a_text_of_the_scenario_is_no_code_of_the_page(chromium: Any, tmp_path: Path) -> None:
    text = "<!-- <script></script><img src=x onerror=alert(1)> \u2028"
    file = tmp_path / "lesson.html"
    file.write_text(page({"lang": "en", "text": text}), encoding="utf-8", newline="\n")
    opened = chromium.new_page()
    opened.goto(file.as_uri())
    held = opened.evaluate("JSON.parse(document.getElementById('content').textContent).text")
    assert held == text
    assert opened.evaluate("document.scripts.length") == 3
    assert opened.evaluate("document.images.length") == 0
    opened.close()


def test_nothing_in_it_is_fetched(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert not re.search(r"""(?:src|href)=["'](?!data:)""", text.replace(plain_script(), ""))
    assert "import(" not in text
    assert "sourceMappingURL" not in text


@pytest.mark.parametrize("most", [3, 81, 729])
def test_every_level_is_a_position_of_its_slider(scenario: Scenario, most: int) -> None:
    axes = grid(main_sliders(scenario), most)
    assert axes
    for axis in axes:
        positions = axis.positions
        assert {*axis.levels, round(axis.slider.value, 9)} <= set(positions)
        assert positions == sorted(set(positions))


def test_a_scenario_without_arms_has_nothing_to_follow(scenario: Scenario) -> None:
    with pytest.raises(NothingToFollow):
        lesson(scenario.model_copy(update={"arms": {}, "figures": None}))


def test_a_scenario_with_one_arm_has_one_figure(scenario: Scenario) -> None:
    arms = {"new_way": scenario.arms["new_way"]}
    one = scenario.model_copy(update={"arms": arms, "figures": None})
    written = lesson(one, most=3)
    held = json.loads(re.search(r'application/json">(.*?)</script>', written, re.DOTALL)[1])
    assert held["which"] == list(held["texts"]["sv"]["figures"]) == ["project"]


def asked(*args: str, lang: Any = "en") -> Any:
    done = command("lesson", *args, lang=lang)
    assert done.exit_code == 2, done.output
    assert "Traceback" not in done.output
    return done.output


def test_mistakes_are_answered_and_nothing_is_left(tmp_path: Path) -> None:
    assert "is a folder; --out needs a file" in asked("--out", str(tmp_path))
    assert "är en mapp" in asked("--out", str(tmp_path), lang="sv")
    (tmp_path / "file").touch()
    assert "cannot be written" in asked("--out", str(tmp_path / "file" / "lesson.html"))
    assert "nowhere.toml" in asked(str(tmp_path / "nowhere.toml"))
    assert "--residents" in asked("--residents", "0")
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize(
    "content", [None, "export * from './x.js'", 'import{a}from"./b.js";export{a}']
)
def test_charts_that_are_not_where_they_were_are_missed_politely(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None
) -> None:
    monkeypatch.setattr("sisim.live.echarts.LIBRARY", str(tmp_path))
    if content is not None:
        (tmp_path / "index.js").write_text(content, encoding="utf-8")
    said = " ".join(asked("--out", str(tmp_path / "lesson.html"), lang="sv").split())
    assert "har inget Apache ECharts i" in said
    assert "pip install nicegui==" in said
    assert not (tmp_path / "lesson.html").exists()

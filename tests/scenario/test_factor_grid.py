"""Tables over several features: against a closed form, the exact cohort and a life by hand."""

from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sisim.engine.cohort import expected
from sisim.engine.compile import compile_scenario
from sisim.engine.replications import simulate
from sisim.engine.trace import trace
from sisim.loading.load import changed, load_pathway, load_scenario
from sisim.report.explanation import explanation
from sisim.scenario.errors import ScenarioError
from sisim.scenario.factor_grid import grid
from sisim.scenario.features import Features
from sisim.scenario.scenario import Scenario

PATHWAY = """
name = "mortality"
title = "Mortality"
step = "year"
[attributes.sex]
label = "Sex"
shares = { woman = 0.5, man = 0.5 }
[tracks.life]
label = "Life"
start = "alive"
[tracks.life.states]
alive = { label = "Alive" }
dead = { label = "Dead" }
[transitions.dies]
track = "life"
from = "alive"
to = "dead"
probability = 1
factors = ["mortality"]
[factors.mortality]
features = ["age", "attribute.sex"]
"""
SCENARIO = """
name = "life-table"
title = "Life table"
pathway = "pathway.toml"
[time]
start = "2020-01"
years = 6
[population]
cohort = 20000
age = 82
"""
TABLE = """
[factors.mortality.table]
"82" = { woman = 0.05, man = 0.08 }
"83-84" = { woman = 0.06, man = 0.10 }
"85+" = { woman = 0.11, man = 0.16 }
"""
Q = {"woman": [0.05, 0.06, 0.06, 0.11, 0.11, 0.11], "man": [0.08, 0.1, 0.1, 0.16, 0.16, 0.16]}
CSV = "age;sex;value\n" + "".join(
    f"{age};{sex};{str(q).replace('.', ',')}\n"
    for sex, own in (("woman", (0.05, 0.06, 0.11)), ("man", (0.08, 0.1, 0.16)))
    for age, q in zip(("82", "83-84", "85+"), own, strict=True)
)


def model(folder: Path, table: str = TABLE, csv: str = "", scenario: str = SCENARIO) -> Scenario:
    """Return a model of a life table, in a file or in the pathway."""
    (folder / "pathway.toml").write_text(PATHWAY + table, encoding="utf-8")
    (folder / "scenario.toml").write_text(scenario, encoding="utf-8")
    (folder / "life-table.csv").write_text(csv, encoding="utf-8")
    return load_scenario(folder / "scenario.toml")


def test_survival_is_the_product_of_the_table(tmp_path: Path) -> None:
    for csv in ("", CSV, CSV.replace(";", ",").replace("0,", "0.")):
        scenario = model(tmp_path, 'file = "life-table.csv"\n' if csv else TABLE, csv)
        alive = expected(scenario).state_shares("life")["alive"].to_numpy()
        known = np.mean([np.cumprod([1, *(1 - np.array(q))]) for q in Q.values()], axis=0)
        assert alive == pytest.approx(known, rel=1e-12)


def test_a_simulation_is_within_its_error(tmp_path: Path) -> None:
    scenario = model(tmp_path)
    exact = expected(scenario).state_shares("life")["alive"].to_numpy()
    alive = simulate(scenario).counts("stock")[0, 0][:, 0] / 20_000
    error = np.sqrt(exact * (1 - exact) / 20_000)
    assert (np.abs(alive - exact) <= 4 * error + 1e-9).all()


def test_a_table_of_both_is_the_product_of_one_of_each(tmp_path: Path) -> None:
    """Where a table is a product, it moves each person as the two factors do, to the bit."""
    both = """
[factors.mortality.table]
"0-83" = { woman = 0.0625, man = 0.125 }
"84+" = { woman = 0.125, man = 0.25 }
"""
    apart = """
[factors.mortality.table]
"0+" = { woman = 1, man = 1 }
[factors.by_age]
feature = "age"
below = [84]
values = [0.0625, 0.125]
[factors.by_sex]
feature = "attribute.sex"
values = { woman = 1, man = 2 }
"""
    one = simulate(model(tmp_path, both)).counts("stock")
    text = PATHWAY.replace('factors = ["mortality"]', 'factors = ["by_age", "by_sex"]')
    (tmp_path / "pathway.toml").write_text(text + apart, encoding="utf-8")
    other = simulate(load_scenario(tmp_path / "scenario.toml")).counts("stock")
    assert (one == other).all()


def test_an_open_population_has_bounds_that_hold(tmp_path: Path) -> None:
    """With thinning, by the bounds on leaving, and a table that differs a lot between ages."""
    table = """
[factors.mortality.table]
"<1" = { woman = 0.5, man = 0 }
"1-9" = { woman = 0, man = 0.125 }
"10-19" = { woman = 0.25, man = 0.0625 }
"20+" = { woman = 0, man = 1 }
"""
    scenario = SCENARIO.replace("cohort = 20000\nage = 82", "residents = 20000\nmax_age = 30")
    found = model(tmp_path, table, scenario=scenario)
    exact = expected(found).state_shares("life")["alive"].to_numpy()
    counted = simulate(found).counts("stock")[0, 0]
    alive = counted[:, 0] / counted.sum(axis=1)
    assert (np.abs(alive - exact) <= 5 * np.sqrt(exact * (1 - exact) / 20_000)).all()


def test_age_sex_and_year_from_a_file(tmp_path: Path) -> None:
    lines = ["year,age,sex,value"]
    known = {}
    for year, age, sex in product(range(2020, 2027), ("0-84", "85+"), ("woman", "man")):
        value = 0.01 * (year - 2019) * (2 if age == "85+" else 1) * (3 if sex == "man" else 1)
        known[year, age, sex] = value
        lines.append(f"{year},{age},{sex},{value:.3f}")
    (tmp_path / "life-table.csv").write_text("\n".join(lines), encoding="utf-8")
    text = PATHWAY.replace('["age", "attribute.sex"]', '["age", "attribute.sex", "calendar.year"]')
    (tmp_path / "pathway.toml").write_text(text + 'file = "life-table.csv"\n', encoding="utf-8")
    (tmp_path / "scenario.toml").write_text(SCENARIO, encoding="utf-8")
    alive = expected(load_scenario(tmp_path / "scenario.toml")).state_shares("life")["alive"]
    survived = []
    for sex in ("woman", "man"):
        of = [1.0]
        for n in range(6):
            q = known[2020 + n, "85+" if 82 + n >= 85 else "0-84", sex]
            of.append(of[-1] * (1 - q))
        survived.append(of)
    assert alive.to_numpy() == pytest.approx(np.mean(survived, axis=0), rel=1e-12)


@given(st.data())
@settings(max_examples=30)
def test_every_cell_stands_where_it_is_looked_up(data: st.DataObject) -> None:
    """The table of the kernel against the file, whatever the order of rows and columns."""
    from tempfile import TemporaryDirectory

    edges = sorted(data.draw(st.sets(st.integers(1, 100), min_size=1, max_size=5)))
    labels = ["0" if edges[0] == 1 else f"0-{edges[0] - 1}"]
    labels += [f"{a}-{b - 1}" for a, b in pairwise(edges)] + [f"{edges[-1]}+"]
    cells = {
        (label, sex): round(data.draw(st.floats(0, 1)), 6)
        for label in labels
        for sex in ("woman", "man")
    }
    rows = data.draw(st.permutations(labels))
    table = "[factors.mortality.table]\n" + "\n".join(
        f'"{label}" = {{ man = {cells[label, "man"]}, woman = {cells[label, "woman"]} }}'
        for label in rows
    )
    with TemporaryDirectory() as folder:
        scenario = model(Path(folder), table)
    factor = scenario.pathway.factors["mortality"]
    found = grid(factor, Features(scenario.pathway, [], []))
    compiled = compile_scenario(scenario)
    (reference,) = compiled.references
    features = compiled.tables.features
    parts = features.part[features.feature[reference.feature]["arg"] :]
    for age in (0, 1, 2, 5, 50, 84, 85, 88):  # nobody is older
        label = labels[int(np.searchsorted(edges, age, side="right"))]
        for code, sex in enumerate(("woman", "man")):
            known = cells[label, sex]
            assert found.values[found.axes[0].at(age), found.axes[1].at(sex)] == known
            place = sum(
                features.band[part["first"] + min(value, part["length"] - 1)] * part["stride"]
                for part, value in zip(parts, (age, code), strict=True)
            )
            assert reference.values[place] == known


def test_explain_tells_both_features(tmp_path: Path) -> None:
    effect = """
[investments.care]
label = "Care"
start = "2020-01"
years = 6
target = {}
effects = [{ on = "dies", ratio = 0.5 }]
cost = { payer = "fund" }
[arms.care]
label = "Care"
investments = { care = "continues" }
"""
    scenario = model(tmp_path, scenario=SCENARIO.replace("20000", "200") + effect)
    text = explanation(trace(scenario))
    assert "Sex: " in text
    assert "age 8" in text


def test_a_file_is_read_once_and_stays(tmp_path: Path) -> None:
    scenario = model(tmp_path, 'file = "life-table.csv"\n', CSV)
    (tmp_path / "life-table.csv").unlink()
    other = changed(scenario, {"seed": 3})
    assert other.pathway.factors == scenario.pathway.factors
    with pytest.raises(ScenarioError, match="cannot be read"):
        changed(scenario, {"factors.mortality.file": "no.csv"})


def test_a_pathway_alone_reads_its_file(tmp_path: Path) -> None:
    model(tmp_path, 'file = "life-table.csv"\n', CSV)
    content = load_pathway(tmp_path / "pathway.toml").factors["mortality"].content
    assert content is not None
    assert content.axes == [["82", "83-84", "85+"], ["woman", "man"]]

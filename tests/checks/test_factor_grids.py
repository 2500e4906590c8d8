"""What is wrong in a table over several features, in the file or beside it."""

from pathlib import Path

import pytest

from sisim.loading.load import load_pathway, read_scenario
from sisim.scenario.errors import ScenarioError

PATHWAY = """
name = "mortality"
title = "Mortality"
step = "year"
[attributes.sex]
shares = { woman = 0.5, man = 0.5 }
[attributes.frailty]
distribution = "gamma"
parameters = { shape = 2, scale = 0.5 }
[tracks.life]
label = "Life"
start = "alive"
states.alive = { label = "Alive" }
states.dead = { label = "Dead" }
[groups.alive]
label = "Alive"
track = "life"
states = ["alive"]
[transitions.dies]
track = "life"
from = "alive"
to = "dead"
probability = 1
factors = ["mortality"]
[factors.mortality]
"""
HEAD = 'features = ["age", "attribute.sex"]\n'
WHOLE = 'table."0-64" = { woman = 0.1, man = 0.2 }\ntable."65+" = { woman = 0.1, man = 0.2 }\n'

WRONG = {
    "a missing cell": (
        HEAD + 'table."0-64" = { woman = 0.1 }\ntable."65+" = { woman = 0.1, man = 0.2 }\n',
        'The cell "0-64", "man" is missing.',
    ),
    "an unknown category": (
        HEAD + WHOLE.replace("man = 0.2", "men = 0.2"),
        'The category "men" does not exist. Did you mean "man"?',
    ),
    "a category without values": (
        HEAD + 'table."0-64" = { woman = 0.1 }\ntable."65+" = { woman = 0.1 }\n',
        'Of "attribute.sex" there is nothing for: man.',
    ),
    "a gap": (
        HEAD + WHOLE.replace('"65+"', '"70+"'),
        'Between the bands "0-64" and "70+" of "age" something is missing.',
    ),
    "bands that overlap": (
        HEAD + WHOLE.replace('"65+"', '"64+"'),
        'The bands "0-64" and "64+" of "age" overlap.',
    ),
    "no band": (
        HEAD + WHOLE.replace('"65+"', '"old"'),
        '"old" is no band of "age": write 0, 1-4 or 85+.',
    ),
    "a negative value": (
        HEAD + WHOLE.replace("0.2", "-0.2"),
        "A multiplier cannot be negative.",
    ),
    "too likely": (HEAD + WHOLE.replace("0.2", "1.2"), "can sum to 1.2, over 1"),
    "one feature": ('features = ["age"]\n' + WHOLE, 'A "table" has two features'),
    "both": (HEAD + 'file = "life.csv"\n' + WHOLE, 'either a "table" or a "file"'),
    "neither": (HEAD, 'either a "table" or a "file"'),
    "a table of nothing": (WHOLE, 'A "table" has two features'),
    "an unknown feature": (
        HEAD.replace("attribute.sex", "attribute.sexx") + WHOLE,
        'The feature "attribute.sexx" does not exist. Did you mean "attribute.sex"?',
    ),
    "the same feature": (
        HEAD.replace("age", "attribute.sex") + WHOLE,
        '"attribute.sex" stands here twice.',
    ),
    "a feature that cannot be there": (
        HEAD.replace("attribute.sex", "visits.alive") + WHOLE,
        'A table over several features cannot have "visits.alive".',
    ),
    "a number": (
        HEAD.replace("attribute.sex", "attribute.frailty") + WHOLE,
        'A table over several features cannot have "attribute.frailty".',
    ),
    "what does not belong": (
        HEAD + WHOLE + "below = [3]\n",
        '"below" does not stand beside "features".',
    ),
    "a file that is not there": (
        HEAD + 'file = "lif.csv"\n',
        '"lif.csv" cannot be read',
    ),
    "too many features": (
        HEAD.replace('"age"', '"age", "area", "calendar.year"') + 'file = "life.csv"\n',
        'A "file" needs "features"',
    ),
}
LINES = {
    "a cell that is missing": ("0-64,woman,0.1\n0-64,man,0.2\n65+,woman,0.3\n", "65+, man", 4),
    "a line twice": (
        "0-64,woman,0.1\n0-64,man,0.2\n65+,woman,0.3\n65+,man,0.3\n0-64,man,0.1\n",
        "0-64, man stand on a line above, too.",
        6,
    ),
    "an empty cell": ("0-64,woman,0.1\n0-64,man,\n", "The cell is empty.", 3),
    "no number": ("0-64,woman,0.1\n0-64,man,x\n", "x", 3),
    "no lines": ("", "has no lines below its headings", None),
    "an unknown category": (
        "0+,woman,0.1\n0+,men,0.2\n",
        'The category "men" does not exist. Did you mean "man"?',
        None,
    ),
    "a gap": (
        "0-9,woman,0.1\n0-9,man,0.1\n20+,woman,0.1\n20+,man,0.1\n",
        'Between the bands "0-9" and "20+"',
        None,
    ),
    "a negative value": ("0+,woman,0.1\n0+,man,-0.1\n", "cannot be negative", None),
}


def problems(folder: Path, factor: str, csv: str | None = None) -> ScenarioError:
    """Return what is said of a factor, whose file stands beside it."""
    (folder / "pathway.toml").write_text(PATHWAY + factor, encoding="utf-8")
    if csv is not None:
        (folder / "life.csv").write_text(csv, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_pathway(folder / "pathway.toml")
    return caught.value


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_table_is_answered(tmp_path: Path, case: str) -> None:
    factor, said = WRONG[case]
    csv = "age,sex,value\n0+,woman,0.1\n0+,man,0.2\n"
    error = problems(tmp_path, factor, csv)
    assert said in error.render()
    assert all(one.line > 15 for one in error.problems)


@pytest.mark.parametrize("case", LINES)
def test_a_wrong_line_is_answered_where_it_stands(tmp_path: Path, case: str) -> None:
    lines, said, line = LINES[case]
    error = problems(tmp_path, HEAD + 'file = "life.csv"\n', "age,sex,value\n" + lines)
    found = [one for one in error.problems if said in one.render()]
    assert found, error.render()
    if line is not None:
        assert found[0].line == line
        assert found[0].file.endswith("life.csv")


def test_a_missing_column_is_answered(tmp_path: Path) -> None:
    error = problems(tmp_path, HEAD + 'file = "life.csv"\n', "age,kon,value\n0+,woman,0.1\n")
    assert 'The column "sex" is missing.' in error.render()


@pytest.mark.parametrize("lang", ["en", "sv"], indirect=True)
def test_a_scenario_in_the_page_has_no_file_beside_it(lang: str) -> None:
    text = """
name = "x"
title = "x"
pathway = "child-youth"
population = { residents = 100 }
override.factors.own = { features = ["age", "attribute.sex"], file = "life.csv" }
"""
    with pytest.raises(ScenarioError) as caught:
        read_scenario(text.encode(), "x.toml")
    said = {"en": "has no file beside it", "sv": "har ingen fil bredvid sig"}[lang]
    assert said in caught.value.render()

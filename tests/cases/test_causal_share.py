"""The part of a raw association that acts: from none of it to all, in every form of a table."""

import re
from math import exp, log
from typing import Any

import numpy as np
import pytest
from helpers.small_files import Change, Write
from hypothesis import given
from hypothesis import strategies as st

from sisim.analysis.psa import draws
from sisim.analysis.varied import factors as varied
from sisim.engine.cohort import expected
from sisim.engine.compile import compile_scenario
from sisim.engine.replications import simulate
from sisim.engine.trace import trace
from sisim.i18n import in_language
from sisim.live.sliders import all_sliders
from sisim.loading.load import changed, load_scenario
from sisim.report.explanation import explanation
from sisim.scenario.errors import ScenarioError
from sisim.scenario.factor_table import acting, table_values
from sisim.scenario.pathway import Factor
from sisim.scenario.register import assumptions
from sisim.scenario.scenario import Scenario

HALF = '{ value = 0.5, low = 0.2, high = 0.8, source = "siblings", grade = "literature" }'


def share(text: str, factor: str = "by_risk") -> Change:
    """Return the change that gives one of the small pathway's factors a causal share."""
    return f"[factors.{factor}]\n", f"[factors.{factor}]\ncausal_share = {text}\n"


def table(scenario: Scenario) -> list[float]:
    """Return all the values that act, as the kernel looks them up."""
    return compile_scenario(scenario).tables.transitions.table.tolist()


def stock(scenario: Scenario) -> Any:
    """Return how many are in each state, in every replication, arm and step."""
    return simulate(scenario).counts("stock")


def test_all_of_it_is_the_raw_table_to_the_bit(write: Write) -> None:
    raw = load_scenario(write())
    whole = load_scenario(write(share("1"), share("1.0", "by_age")))
    assert table(whole) == table(raw)
    assert (stock(whole) == stock(raw)).all()


def test_none_of_it_is_as_if_the_factor_were_not_there(write: Write) -> None:
    none = load_scenario(write(share("0")))
    without = load_scenario(
        write(('factors = ["by_risk", "by_age"]', 'factors = ["by_age"]')),
    )
    assert (stock(none) == stock(without)).all()
    assert (stock(none) != stock(load_scenario(write()))).any()


VALUES = st.floats(0.01, 100)


@given(st.lists(VALUES, min_size=3, max_size=3), VALUES, VALUES, st.floats(0, 1))
def test_what_acts_of_a_table_is_the_table_of_what_acts(
    values: list[float], rest: float, nobody: float, part: float
) -> None:
    """In each form: by band, by category, over two features, and read from a file."""
    forms: list[dict[str, Any]] = [
        {"feature": "age", "below": [1, 2], "values": values},
        {"feature": "state.care", "values": {"home": values[0]}, "default": rest},
        {"feature": "time_in.placed", "below": [1, 2], "values": values, "otherwise": nobody},
        {"features": ["age", "area"], "table": {"0+": {"a": values[0], "b": values[1]}}},
    ]
    for form in forms:
        raw = Factor.model_validate({**form, "causal_share": part})
        assert table_values(acting(raw)) == [value**part for value in table_values(raw)]
        assert acting(raw).causal_share is None
    file = Factor.model_validate(
        {"features": ["age"], "file": "x.csv", "causal_share": part}
        | {"content": {"file": "x.csv", "axes": [["0", "1", "2+"]], "values": values}}
    )
    assert table_values(acting(file)) == [value**part for value in values]


def test_a_share_is_of_the_log_so_that_shares_add_up_and_inverses_mirror() -> None:
    def act(ratio: float, part: float) -> float:
        values = {"low": 1.0, "high": ratio}
        factor = {"feature": "attribute.risk", "values": values, "causal_share": part}
        return table_values(acting(Factor.model_validate(factor)))[1]

    assert act(4, 0.5) == 2
    assert act(0.25, 0.5) == 1 / act(4, 0.5)
    assert act(3, 0.3) * act(3, 0.7) == pytest.approx(3)
    assert act(3, 0.3) == pytest.approx(exp(0.3 * log(3)))


def test_it_acts_in_the_exact_cohort_as_a_table_of_what_acts(write: Write) -> None:
    # A single birth cohort: an open population has hundreds, all by the same table.
    closed = ("residents = 1000\nmax_age = 30", "cohort = 1000")
    of_share = load_scenario(write(share("0.5"), closed))
    by_hand = load_scenario(write(("low = 1, high = 4", "low = 1, high = 2"), closed))
    one, other = (expected(each).state_shares("care").to_numpy() for each in (of_share, by_hand))
    assert np.array_equal(one, other)
    assert table(of_share) == table(by_hand)


def test_it_is_a_number_with_an_owner_of_its_own(write: Write) -> None:
    scenario = load_scenario(write(share(HALF, "by_age")))
    register = assumptions(scenario).set_index("key")
    row = register.loc["factors.by_age.causal_share"]
    assert (row.value, row.low, row.high) == (0.5, 0.2, 0.8)
    assert (row.source, row.grade) == ("siblings", "literature")
    plain = assumptions(load_scenario(write(share("0.5", "by_age")))).set_index("key")
    # The factor's source is that of its raw values.
    assert plain.loc["factors.by_age.causal_share", ["source", "grade"]].isna().all()
    assert plain.loc["factors.by_age.values.1", "grade"] == "assumption"


def test_it_is_set_swept_and_drawn_as_others_are(write: Write) -> None:
    path = write(share(HALF))
    scenario = load_scenario(path)
    assert table(scenario) != table(load_scenario(path, {"factors.by_risk.causal_share": 1}))
    key = "factors.by_risk.causal_share"
    assert all(0.2 <= draw[key] <= 0.8 for draw in draws(scenario, 5))
    assert [(one.low, one.high) for one in varied(scenario, [key])] == [(0.2, 0.8)]
    assert key in {slider.id for slider in all_sliders(scenario, pathway=True)}
    assert table(load_scenario(path, {key: 0.2})) == table(changed(scenario, {key: 0.2}))
    assert table(changed(scenario, {key: 1})) == table(load_scenario(write()))


def test_one_named_share_rules_many_factors(write: Write) -> None:
    named = ("[attributes.risk]", "[parameters]\npart = 0.5\n\n[attributes.risk]")
    scenario = load_scenario(write(named, share('"part"'), share('"part / 2"', "by_age")))
    shares = [scenario.pathway.factors[name].causal_share for name in ("by_risk", "by_age")]
    assert [one and one.value for one in shares] == [0.5, 0.25]
    alone = load_scenario(write(share("1"), share("0.5", "by_age")))
    assert table(changed(scenario, {"parameters.part": 1})) == table(alone)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            [share("0.5"), ("low = 1, high = 4", "low = 0, high = 4")],
            'A value of 0 says what cannot be; a "causal_share" of it has no meaning.',
        ),
        ([share("0.5"), ("high = 4 }", "high = 4 }\ndefault = 0")], "in a factor of its own"),
        ([share("1.5")], "at most 1"),
        ([share("-0.1")], "at least 0"),
        (
            [(*share("0.5")[:1], '[factors.by_risk]\nproduct = ["by_age"]\ncausal_share = 0.5\n')],
            '"causal_share" is for a factor with "values"',
        ),
    ],
)
def test_what_has_no_share_is_answered(write: Write, changes: list[Change], message: str) -> None:
    gone = [('feature = "attribute.risk"\nvalues = { low = 1, high = 4 }\n', "")]
    product = any("product" in new for _, new in changes)
    with pytest.raises(ScenarioError) as error, in_language("en"):
        load_scenario(write(*(gone if product else []), *changes))
    assert message in str(error.value)


def test_rows_of_probabilities_are_full_by_what_acts(write: Write) -> None:
    home = ("probability = 0.1", 'probability = 0.3\nfactors = ["by_risk"]')
    with pytest.raises(ScenarioError), in_language("en"):
        load_scenario(write(home))
    assert load_scenario(write(home, share("0.5")))


def test_explain_says_raw_share_and_what_acts(write: Write) -> None:
    rate = {"transitions.placement.rate": 0.05}
    raw = ("low = 1, high = 4", "low = 4, high = 9")
    with in_language("en"):
        found = trace(load_scenario(write(share("0.5"), raw), rate))
        text = explanation(found)
    seen = [f for m in found.history.moments for r in m.risks for f in r.factors]
    by_risk = {(one.raw, one.multiplier) for one in seen if one.name == "by_risk"}
    assert by_risk <= {(4, 2), (9, 3)}
    assert by_risk
    assert {one.raw for one in seen if one.name != "by_risk"} == {None}
    assert re.search(r"× [23] \(risk: (low|high); causal share 0\.5 of [49]\)", text)

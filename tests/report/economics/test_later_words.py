"""What is said of later lives stands apart wherever the net is told, in both languages."""

import pytest
from helpers.later import later

import sisim
from sisim.economics.valuation import Valuation
from sisim.i18n import in_language
from sisim.report.economics.later_words import later_lines
from sisim.report.economics.money_report import money_shown, money_tables, money_words
from sisim.report.publish import words_beside


@pytest.fixture(scope="module")
def result() -> Valuation:
    return sisim.run(later())


def test_the_weight_of_later_lives_is_told_wherever_the_net_is(result: Valuation) -> None:
    with in_language("en"):
        (line, *more) = later_lines(result)
        assert "of which after 10:" in line
        assert any("Assumptions among the numbers" in one for one in more)
        assert any("are under 6" in one for one in more)
        assert any("QALY" in one for one in more)
        assert set(later_lines(result)) <= set(words_beside(result))
        assert any("comes after 10" in one for one in money_words(result, ["project"]))
        assert set(more) <= set(money_words(result, ["project"]))
        tables = [table for _, table in money_shown(result, ["project"])]
        assert "of which after 10" in set(tables[0][""])
    with in_language("sv"):
        assert "varav efter 10 år" in later_lines(result)[0]


def test_the_tables_hold_it_in_every_perspective(result: Valuation) -> None:
    tables = money_tables(result, ["project"])
    later_part = tables["perspectives"].query("part == 'later'").set_index("perspective")["mean"]
    assert {"town", "state", "individual", "public", "society"} <= set(later_part.index)
    assert later_part["society"] != 0
    by_item = tables["benefits"].query("part == 'later'")
    assert by_item["mean"].sum() == pytest.approx(later_part["society"])
    appraisal = tables["appraisal"].set_index("measure")["mean"]
    assert appraisal["tail"] == pytest.approx(later_part["public"])
    assert "later" in tables["who-gains"]


def test_without_a_tail_nothing_is_said() -> None:
    plain = sisim.run(later(tail=False, replications=1))
    with in_language("en"):
        assert later_lines(plain) == []
        assert "After" not in " ".join(money_words(plain, ["project"]))
    assert (
        "later" not in set(money_tables(plain, ["project"])["perspectives"]["part"])
        or (
            money_tables(plain, ["project"])["perspectives"].query("part == 'later'")["mean"] == 0
        ).all()
    )

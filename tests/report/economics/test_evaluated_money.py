"""Money that follows an evaluation is told beside what the true effect would give."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.command_line import sisim as command
from helpers.followed import DEAL, EV1, repaid

import sisim
from sisim.i18n import in_language
from sisim.report.economics.contract_report import contract_tables, contract_words
from sisim.report.economics.repayment_report import shown, tables, words
from sisim.results import Results


@pytest.fixture(scope="module")
def done() -> Results:
    """Five municipalities in which a fund and a contract follow evaluations."""
    scenario = sisim.load(EV1, {**repaid(set_off="agreement"), "contracts": {"deal": DEAL}})
    return sisim.run(scenario, replications=5)


def test_the_difference_from_the_truth_is_tabled(done: Results) -> None:
    table = tables(done, ["project"])["repayment-evaluated"]
    assert table["administration"].tolist() == ["social"] * 5
    assert table["measured_reduction"].tolist() == pytest.approx(
        (table["estimate"] * table["participants"] * 450_000).tolist()
    )
    off = table["repaid_by_estimate"] - table["repaid_by_truth"]
    assert table["difference"].tolist() == off.tolist()
    by_year = tables(done, ["project"])["repayment"]
    assert by_year["repaid"].sum() == pytest.approx(table["repaid_by_estimate"].mean())
    paid = contract_tables(done, ["project"])["contract-verified"]
    assert paid["paid"].tolist() == done.contracts[0].paid["pay"].sum(axis=1).tolist()
    assert set(paid["paid_by_truth"]) <= {0.0, 5e6}


def test_it_is_said_in_both_languages(done: Results) -> None:
    said = "\n".join([*words(done, ["project"]), *contract_words(done, ["project"])])
    assert "which answers in 2029: nothing is due before" in said
    assert "By “Difference-in-differences” " in said
    assert "Administrations are set off against each other" in said
    assert "verified by “Earlier cohort”: paid in " in said
    titles = [title for title, _ in shown(done, ["project"])]
    assert any(title.startswith("By the evaluation and by the true effect") for title in titles)
    with in_language("sv"):
        said = "\n".join([*words(done, ["project"]), *contract_words(done, ["project"])])
        assert "som ger svar 2029: inget förfaller dessförinnan" in said
        assert "Enligt ”Skillnad i skillnad” är kostnaden" in said
        assert "verifieras av ”Tidigare årgång”: betalas i " in said


def test_no_exact_course_has_an_answer(tmp_path: Path) -> None:
    """What an evaluation says is of people, whom a cohort model does not know."""
    file = tmp_path / "followed.toml"
    text = EV1.read_text().replace('payer = "social"', 'payer = "fund"')
    text = text.replace('"discharged.toml"', f'"{EV1.parent.as_posix()}/discharged.toml"')
    fund = '[funds.fund]\nprincipal = "municipality"\ndeposits = { opening = 9_000_000 }\n'
    rule = '[funds.fund.repayment]\nbasis = "evaluated"\nevaluation = "difference"\n'
    file.write_text(text + fund + rule)
    done = command("cohort", file, "--out", tmp_path / "x")
    assert done.exit_code != 0
    assert "money follows what an evaluation says of people" in " ".join(done.stderr.split())

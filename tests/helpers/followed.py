"""EV1, the world whose evaluations have known answers, with a fund and a contract beside them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

EV1 = Path(__file__).parent / "ev1.toml"
FUND: dict[str, Any] = {
    "principal": "municipality",
    "deposits": {"opening": 10_000_000},
    "repayment": {"basis": "evaluated", "evaluation": "difference", "rounding": 0},
}
DEAL: dict[str, Any] = {
    "label": "Deal",
    "arm": "project",
    "parties": {"investor": "Investor"},
    "payments": {
        "pay": {
            "label": "Pay",
            "from": "social",
            "to": "investor",
            "tiers": [{"from": 0.2, "pays": 5_000_000}],
            "measure": {"outcome": "again", "periods": [[2026, 2029]], "verified_by": "one_year"},
        }
    },
}
TEAM = {"investments.team.cost.payer": "fund", "investments.team.intake": 3}


def repaid(**terms: Any) -> dict[str, Any]:
    """Return the changes that let a fund follow an evaluation, on some terms."""
    return {**TEAM, "funds": {"fund": {**FUND, "repayment": {**FUND["repayment"], **terms}}}}

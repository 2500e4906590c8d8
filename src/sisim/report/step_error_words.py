"""What is said of the error of a step."""

from __future__ import annotations

from sisim.engine.step_error import BOUND, FINER, StepError, step_errors
from sisim.i18n import t
from sisim.report.formats import capital, decimal, listing, share_of
from sisim.scenario.scenario import Scenario


def step_error_words(scenario: Scenario) -> list[str]:
    """Return a sentence for each track whose step has an error that is not negligible."""
    return [_sentence(scenario, one) for one in step_errors(scenario)]


def _sentence(scenario: Scenario, one: StepError) -> str:
    labels = [scenario.pathway.tracks[name].label.text for name in one.tracks]
    told = {
        "tracks": capital(listing([labels[0], *(label.lower() for label in labels[1:])])),
        "error": points(one.error),
        "step": _step(scenario.pathway.step),
        "fastest": one.fastest,
        "rate": decimal(one.rate, 0 if one.rate >= 10 else 2),
        "chance": share_of(1 - 2.718281828459045 ** -(one.rate / FINER[scenario.pathway.step])),
        "bound": points(BOUND),
        "then": points(one.error_then),
    }
    if one.enough is not None:
        return t(
            "{tracks}: with steps of a {step} shares of states are up to {error} percentage points "
            "from those of continuous time (fastest: “{fastest}”, a rate of {rate} a year, "
            "{chance} a step). Steps of a {enough} bring it to {then}, under {bound}.",
            enough=_step(one.enough),
            **told,
        )
    return t(
        "{tracks}: with steps of a {step} shares of states are up to {error} percentage points "
        "from those of continuous time (fastest: “{fastest}”, a rate of {rate} a year, {chance} a "
        "step). Not even steps of a week bring it under {bound}, but to {then}.",
        **told,
    )


def points(share: float) -> str:
    """Return a share in percentage points, as a number."""
    return decimal(100 * share, 1 if share >= 0.001 else 2)


def _step(name: str) -> str:
    return {
        "week": t("week"),
        "month": t("month"),
        "quarter": t("quarter"),
        "year": t("year"),
    }[name]

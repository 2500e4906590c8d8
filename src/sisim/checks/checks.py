"""What a file says is looked at as a whole: do its parts fit together?"""

from __future__ import annotations

from sisim.checks.check_continuation import ContinuationCheck, TailCheck
from sisim.checks.check_contract import ContractCheck
from sisim.checks.check_economy import EconomyCheck
from sisim.checks.check_evaluation import EvaluationCheck
from sisim.checks.check_fund import FundCheck
from sisim.checks.check_gate import GateCheck
from sisim.checks.check_limits import LimitsCheck
from sisim.checks.check_measurements import InstrumentCheck, MeasurementCheck
from sisim.checks.check_pathway import PathwayCheck
from sisim.checks.check_scenario import ScenarioCheck
from sisim.checks.check_silo import SiloCheck
from sisim.checks.check_social_return import SocialReturnCheck
from sisim.checks.check_spread import SpreadCheck
from sisim.checks.check_steps import StepsCheck
from sisim.checks.check_system import SystemCheck
from sisim.scenario.document import Document
from sisim.scenario.errors import Problem
from sisim.scenario.features import Features
from sisim.scenario.pathway import Pathway
from sisim.scenario.scenario import Scenario


def check_pathway(pathway: Pathway, document: Document) -> list[Problem]:
    """Return what does not fit together in a pathway."""
    return [
        *PathwayCheck(document, Features(pathway)).problems,
        *InstrumentCheck(document, pathway).problems,
        *StepsCheck(document, pathway).problems,
        *ContinuationCheck(document, pathway).problems,
    ]


def check_scenario(
    scenario: Scenario, document: Document, sound: Pathway | None = None
) -> list[Problem]:
    """Return what does not fit together in a scenario and its pathway.

    Args:
        scenario: The scenario.
        document: Where it was read.
        sound: A pathway that is known to fit together by itself, perhaps the scenario's own.
    """
    features = Features(scenario.pathway, scenario.population.areas, scenario.investments)
    known = scenario.pathway is sound
    pathway = PathwayCheck(document, features, scenario, ("pathway",), sound=known)
    return [
        *pathway.problems,
        *InstrumentCheck(document, scenario.pathway, ("pathway",)).problems,
        *ScenarioCheck(document, features, scenario).problems,
        *MeasurementCheck(document, features, scenario).problems,
        *FundCheck(document, scenario).problems,
        *StepsCheck(document, scenario.pathway, scenario, ("pathway",)).problems,
        *LimitsCheck(document, scenario).problems,
        *ContractCheck(document, scenario).problems,
        *EconomyCheck(document, scenario).problems,
        *EvaluationCheck(document, scenario).problems,
        *GateCheck(document, scenario).problems,
        *SiloCheck(document, scenario).problems,
        *SpreadCheck(document, scenario).problems,
        *SystemCheck(document, scenario).problems,
        *SocialReturnCheck(document, scenario).problems,
        *check_tail(scenario, document),
    ]


def check_tail(scenario: Scenario, document: Document) -> list[Problem]:
    """Return what does not fit together in the pathway that goes on after the scenario's."""
    tail, prefix = scenario.time.tail, ("time", "tail")
    if tail is None:
        return []
    return [
        *PathwayCheck(document, Features(tail), None, prefix).problems,
        *InstrumentCheck(document, tail, prefix).problems,
        *StepsCheck(document, tail, None, prefix).problems,
        *ContinuationCheck(document, tail, prefix).problems,
        *TailCheck(document, scenario).problems,
    ]

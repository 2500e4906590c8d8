"""What is wrong in an experiment file is answered with line, key, why, and what was meant."""

from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.small_sweeps import write
from helpers.work import grows_with

from sisim.analysis.experiment_file import load_experiment
from sisim.i18n import each_language
from sisim.scenario.errors import ScenarioError

REACH = "investments.care.reach = {}"
DURATION = "investments.care.duration = [12.0, 24]"
RUNNING = '"investments.care.cost.running" = { from = 10000, to = 30000, steps = 2 }'

BAD = {
    "an unknown lever": (
        (DURATION, "investments.care.durration = [1.0, 2]"),
        "8: investments.care.durration: There is nothing called so to change. "
        'Did you mean "investments.care.duration"?',
        "8: investments.care.durration: Det finns inget med det namnet att ändra. "
        "Menade du ”investments.care.duration”?",
    ),
    "an unknown path in several that change together": (
        (DURATION, 'half = { paths = ["investments.care.durration"], values = [1] }'),
        '8: investments.care.durration: There is nothing called so to change. Did you mean "inv',
        "8: investments.care.durration: Det finns inget med det namnet att ändra. Menade du ”inv",
    ),
    "a lever that cannot have such a value": (
        (DURATION, "investments.care.duration = [12.0, -24]"),
        "8: investments.care.duration: The number must be over 0.",
        "8: investments.care.duration: Talet måste vara över 0.",
    ),
    "a path that stands twice, once in quotes": (
        (DURATION, f"{DURATION}\n'investments.care.duration' = [6, 12]"),
        "8: investments.care.duration: The key stands twice in the same table.",
        "8: investments.care.duration: Nyckeln står två gånger i samma tabell.",
    ),
    "a number that two levers set": (
        (
            DURATION,
            f'{DURATION}\nboth = {{ paths = ["investments.care.duration"], values = [36] }}',
        ),
        "9: levers.both: Another lever sets investments.care.duration too.",
        "9: levers.both: Ett annat val ställer också in investments.care.duration.",
    ),
    "a value that stands twice": (
        (DURATION, "investments.care.duration = [24, 24.0]"),
        "8: levers.investments.care.duration: A value stands twice.",
        "8: levers.investments.care.duration: Ett värde står två gånger.",
    ),
    "a seed among the levers": (
        (DURATION, "seed = [1, 2]"),
        "8: levers.seed: This is chance, and belongs in [chance].",
        "8: levers.seed: Detta är slump och hör hemma i [chance].",
    ),
    "steps upside down": (
        ("from = 10000, to = 30000", "from = 30000, to = 10000"),
        "9: levers.investments.care.cost.running: The range is upside down: it begins at 30000 "
        "and ends at 10000.",
        "9: levers.investments.care.cost.running: Spannet är bakvänt: det börjar vid 30000 "
        "och slutar vid 10000.",
    ),
    "a range upside down": (
        (REACH, "investments.care.reach = { low = 0.9, high = 0.7 }"),
        "12: uncertainties.investments.care.reach: The range is upside down",
        "12: uncertainties.investments.care.reach: Spannet är bakvänt",
    ),
    "a range beside the value": (
        (REACH, "investments.care.reach = { low = 0.9, high = 0.95 }"),
        "12: uncertainties.investments.care.reach: The value 0.8 lies outside its own range 0.9",
        "12: uncertainties.investments.care.reach: Värdet 0,8 ligger utanför sitt eget spann 0,9",
    ),
    "a range that leaves what is allowed": (
        (REACH, "investments.care.reach = { low = 0.5, high = 1.5 }"),
        "12: uncertainties.investments.care.reach: The distribution leaves what is allowed here, "
        "which is from 0 to 1.",
        "12: uncertainties.investments.care.reach: Fördelningen går utanför det som är tillåtet "
        "här, från 0 till 1.",
    ),
    "a distribution that leaves what is allowed": (
        (
            REACH,
            'investments.care.reach = { distribution = { name = "normal", mean = 0.8, sd = 0.5 } }',
        ),
        "12: uncertainties.investments.care.reach: The distribution leaves what is allowed here",
        "12: uncertainties.investments.care.reach: Fördelningen går utanför det som är tillåtet",
    ),
    "a distribution misspelt": (
        (
            REACH,
            'investments.care.reach = { distribution = { name = "normall", mean = 1, sd = 1 } }',
        ),
        'reach.distribution.name: "normall" is not one of: beta, gamma',
        "reach.distribution.name: ”normall” är",
    ),
    "half a distribution": (
        (REACH, 'investments.care.reach = { distribution = { name = "beta", mean = 0.8 } }'),
        '12: uncertainties.investments.care.reach.distribution: The distribution "beta" needs '
        "alpha + beta or mean + sd.",
        "12: uncertainties.investments.care.reach.distribution: Fördelningen ”beta” behöver "
        "alpha + beta eller mean + sd.",
    ),
    "an unknown uncertainty": (
        (REACH, "investments.care.rech = {}"),
        "12: uncertainties.investments.care.rech: There is nothing called so to change. Did you "
        'mean "investments.care.reach"?',
        "12: uncertainties.investments.care.rech: Det finns inget med det namnet att ändra.",
    ),
    "a number without a range": (
        (REACH, "investments.prevention.reach = {}"),
        "12: uncertainties.investments.prevention.reach: The scenario gives it no range and no "
        "distribution: give it one here, as in { low = 0.5, high = 0.9 }.",
        "12: uncertainties.investments.prevention.reach: Scenariot ger det varken",
    ),
    "what is both a lever and uncertain": (
        (REACH, "investments.care.duration = {}"),
        "12: uncertainties.investments.care.duration: What is a lever cannot be uncertain too.",
        "12: uncertainties.investments.care.duration: Det som är ett val kan inte samtidigt",
    ),
    "no draws": (
        ("draws = 4", ""),
        "18: design: How many draws of the uncertainties? Give draws = 100.",
        "18: design: Hur många dragningar av det osäkra? Ange draws = 100.",
    ),
    "an unknown arm": (
        ('arms = ["care"]', 'arms = ["cure"]'),
        '4: arms.0: The arm "cure" does not exist. Did you mean "care"?',
        "4: arms.0: Alternativet ”cure” finns inte. Menade du ”care”?",
    ),
    "an unknown measure": (
        ('"invested"', '"investd"'),
        '5: outcomes.1: The measure "investd" does not exist. Did you mean "invested"?',
        "5: outcomes.1: Måttet ”investd” finns inte. Menade du ”invested”?",
    ),
    "no such scenario": (
        ('scenario = "cohort.toml"', 'scenario = "cohrt.toml"'),
        '3: scenario: There is no file and no ready scenario called "cohrt.toml".',
        "3: scenario: Det finns ingen fil och inget färdigt scenario som heter ”cohrt.",
    ),
    "an unknown table": (
        ("[design]", "[desing]"),
        '18: desing: Unknown key "desing". Did you mean "design"?',
        "18: desing: Okänd nyckel ”desing”. Menade du ”design”?",
    ),
    "an unknown override": (
        ("[chance]", "[override]\npopulation.chort = 5\n[chance]"),
        '16: population.chort: There is nothing called so to change. Did you mean "population.co',
        "16: population.chort: Det finns inget med det namnet att ändra. Menade du ”population.co",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_is_said_where_it_stands(name: str, tmp_path: Path) -> None:
    change, english, swedish = BAD[name]
    experiment = write(tmp_path, change)
    with pytest.raises(ScenarioError) as found:
        load_experiment(experiment)
    assert len(found.value.problems) == 1, found.value.render()
    for lang in each_language():
        assert {"en": english, "sv": swedish}[lang] in found.value.render()
        assert str(experiment.name) in found.value.render()


def test_levers_in_a_list_need_equally_many_values(tmp_path: Path) -> None:
    listed = ("draws = 4", 'draws = 4\nlevers = "list"')
    experiment = write(tmp_path, listed, ("steps = 2", "steps = 3"))
    with pytest.raises(ScenarioError, match="7: levers: Levers in a list need equally many"):
        load_experiment(experiment)


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    experiment = write(
        tmp_path,
        (DURATION, "investments.care.durration = [1.0, 2]"),
        (REACH, "investments.care.rech = {}"),
        ('arms = ["care"]', 'arms = ["cure"]'),
    )
    with pytest.raises(ScenarioError) as found:
        load_experiment(experiment)
    assert [problem.line for problem in found.value.problems] == [4, 8, 12]


def test_a_file_that_is_not_there_is_answered_with_the_nearest_one(tmp_path: Path) -> None:
    write(tmp_path)
    with pytest.raises(ScenarioError, match='Did you mean "cohort-experiment'):
        load_experiment(tmp_path / "cohort-experimnet.toml")


@pytest.mark.parametrize(
    "path", sorted((Path(__file__).parents[2] / "experiments").glob("*.toml")), ids=lambda p: p.stem
)
def test_the_ready_experiments_are_well(path: Path) -> None:
    plan = load_experiment(path)
    assert plan.varied
    assert plan.outcomes


def stepped(least: int, count: int) -> str:
    """Return a range of a lever's values."""
    return f"{{ from = {least}, to = 30000, steps = {count} }}"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (lambda count: stepped(0, count), ""),
        (lambda count: str(list(range(count))), ""),
        (lambda count: stepped(-1, count), "at least 0"),
        (lambda count: str([*range(count // 2), -5, *range(count // 2, count)]), "at least 0"),
        (lambda count: str([*range(count), 7]), "twice"),
    ],
    ids=["steps", "list", "steps below what can be", "one below what can be", "one twice"],
)
def test_the_work_on_values_of_a_lever_grows_with_their_number(
    values: Callable[[int], str], said: str, tmp_path: Path
) -> None:
    def read(count: int) -> Callable[[], None]:
        folder = tmp_path / str(count)
        folder.mkdir(exist_ok=True)
        path = write(folder, (RUNNING, f'"investments.care.cost.running" = {values(count)}'))

        def answered() -> None:
            if said:
                with pytest.raises(ScenarioError, match=said):
                    load_experiment(path)
            else:
                load_experiment(path)

        return answered

    grows_with(200, read)

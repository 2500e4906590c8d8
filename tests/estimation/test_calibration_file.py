"""Calibration files: what is wrong is told where it stands, with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.calibrations import INTO, OUT_OF, PATHWAY, STOCK, calibration

from sisim.estimation.calibration_file import CalibrationPlan, load_calibration
from sisim.i18n import in_language
from sisim.scenario.errors import ScenarioError

HEAD = "source,code,label,area_code,area,year,sex,value,unit,status,file,file_date,licence"
ROWS = (
    ("N1", "0581", 2022, 95, "antal/10 000 inv"),
    ("N1", "0581", 2023, 105, "antal/10 000 inv"),
    ("N2", "0581", 2023, 105, "kr/inv"),
    ("N3", "0581", 2023, 1, "andel (%)"),
    ("N3", "0582", 2023, 1, "andel (%)"),
)
FIGURES = "\n".join(
    [
        HEAD,
        *(
            f"Källa: Kolada,{code},Namn,{area},,{year},total,{value},{unit},value,a,2026-01-01,"
            for code, area, year, value, unit in ROWS
        ),
        "Källa: Kolada,N4,Namn,0581,,2023,total,,andel (%),suppressed,a,2026-01-01,",
        "Källa: Kolada,N4,Namn,0581,,2024,total,,andel (%),missing,a,2026-01-01,",
    ]
)
TARGET = "[calibration.targets.stock]\n"
PERSONS = "error = { persons = 400 }"


def load(folder: Path, *tables: str, **settings: object) -> CalibrationPlan:
    (folder / "figures.csv").write_text(FIGURES, encoding="utf-8")
    return load_calibration(calibration(folder, *tables, **settings), str(PATHWAY))


def observed(code: str, year: str = "2023", more: str = "") -> str:
    return f'{TARGET}observed = {{ file = "figures.csv", code = "{code}", year = {year}{more} }}\n'


def test_every_tuned_number_with_a_range_is_free_unless_told(tmp_path: Path) -> None:
    assert load(tmp_path).paths == ("parameters.into", "parameters.out_of")
    assert load(tmp_path, free=[INTO]).paths == (INTO,)


def test_a_key_figure_is_in_the_target_s_unit_with_a_source_that_its_terms_allow(
    tmp_path: Path,
) -> None:
    plan = load(tmp_path, observed("N1", "[2022, 2023]") + PERSONS)
    (target,) = plan.targets
    assert target.observed == pytest.approx(0.01)
    assert target.error == pytest.approx(0.01 * (0.99 / 400) ** 0.5)
    assert target.source == "own processing of data from Kolada: N1"
    with in_language("sv"):
        (swedish,) = load(tmp_path, observed("N1") + PERSONS).targets
    assert swedish.source == "egen bearbetning av uppgifter från Kolada: N1"


def test_a_target_of_the_pathway_has_its_own_range_and_dispersion_widens_it(tmp_path: Path) -> None:
    (own,) = load(tmp_path, TARGET).targets
    assert (own.observed, own.error) == pytest.approx((0.009, 0.0008 / 1.6449), rel=1e-4)
    (wide,) = load(tmp_path, f"{TARGET}over_dispersion = 4.0\ndiscrepancy = 0.1").targets
    assert (wide.error, wide.discrepancy) == pytest.approx((2 * own.error, 0.0009))


SD = "value = 0.009\nerror = { sd = 0.001 }\n"
MISTAKES = [
    ({"free": ["parameters.intoo"]}, [STOCK], 'The number "parameters.intoo" does not exist'),
    ({"free": ["transitions.begins.rate"]}, [STOCK], "free the parameters in it instead"),
    ({"free": [INTO, INTO]}, [STOCK], "stands here twice"),
    ({"held_out": ["stock"]}, [STOCK], "nothing is fitted"),
    ({"held_out": ["entries"]}, [STOCK], 'The target "entries" does not exist'),
    ({"draws": 3}, [STOCK], "draws"),
    ({"speed": 3}, [STOCK], "speed"),
    ({}, [STOCK.replace("stock", "stok")], 'The target "stok" does not exist.*stock'),
    ({}, [f'{TARGET}measure = "point_shar"\n{SD}'], 'The measure "point_shar" does not exist'),
    (
        {},
        [f'{TARGET}measure = "point_share"\narguments = {{ group = "care.x" }}\n{SD}'],
        "care.x|x",
    ),
    ({}, [f'{TARGET}measure = "point_share"\n{SD}'], "cannot be had with these arguments"),
    (
        {},
        [f'{TARGET}measure = "point_share"\narguments = {{ per = "x" }}\n{SD}'],
        "a number above 0",
    ),
    ({}, [f"{TARGET}value = 0.0\n{PERSONS}"], "give low and high"),
    ({}, [f"{TARGET}arguments = {{ per = 1 }}\n{SD}"], 'needs a "measure"'),
    ({}, [f"{TARGET}value = 0.009\n"], "Say how uncertain"),
    ({}, [f"{TARGET}error = {{ sd = 0.001 }}\n"], "nothing observed"),
    ({}, [f"{TARGET}value = 0.009\nerror = {{ sd = 1.0, persons = 4 }}\n"], 'Give either "sd"'),
    ({}, [f"{TARGET}value = 0.009\nerror = {{ low = 0.1, high = 0.2 }}\n"], "between low and high"),
    ({}, [observed("N9") + PERSONS], 'The key figure "N9" does not exist'),
    ({}, [observed("N2") + PERSONS], "cannot be converted"),
    ({}, [observed("N3") + PERSONS], 'several areas: say which, as in area = "0581"'),
    ({}, [observed("N1", "2019") + PERSONS], "no value of that year"),
    ({}, [observed("N4") + PERSONS], "hidden, as it is small: it is not 0"),
    ({}, [observed("N4", "2024") + PERSONS], "missing in the file: that does not mean 0"),
    ({}, [observed("N1").replace("figures.csv", "figure.csv") + PERSONS], "figures.csv"),
    ({}, [observed("N1") + SD], 'Give either "value" or "observed"'),
]


@pytest.mark.parametrize(("settings", "tables", "told"), MISTAKES)
def test_a_mistake_is_told_where_it_stands(
    settings: dict[str, object], tables: list[str], told: str, tmp_path: Path
) -> None:
    with pytest.raises(ScenarioError, match=told) as error:
        load(tmp_path, *tables, **settings)
    assert all("calibrat" in str(one.place) + one.key for one in error.value.problems)


def test_a_number_without_a_range_is_not_free(tmp_path: Path) -> None:
    text = PATHWAY.read_text(encoding="utf-8")
    fixed = text.replace('{ name = "uniform", low = 0.2, high = 1.5 }', '{ name = "fixed" }')
    (tmp_path / "fixed.toml").write_text(fixed, encoding="utf-8")
    file = calibration(tmp_path, STOCK, free=[OUT_OF])
    with pytest.raises(ScenarioError, match="give it low and high"):
        load_calibration(file, str(tmp_path / "fixed.toml"))
    plan = load_calibration(calibration(tmp_path, STOCK), str(tmp_path / "fixed.toml"))
    assert (plan.paths, plan.unranged) == ((INTO,), (OUT_OF,))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r'There is no calibration file "nowhere\.toml"'):
        load_calibration("nowhere.toml", str(PATHWAY))

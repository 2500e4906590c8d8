"""`sisim key-figures` tells what it understood, and never goes on the net."""

import re
import socket
from pathlib import Path
from typing import Any, NoReturn

import pytest
from helpers.command_line import sisim
from helpers.figure_files import TITLE, kolada, px, row

import sisim as package
from sisim.i18n import Lang


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Return pages of Kolada and a PX file."""
    return [
        kolada(tmp_path, "data.json", [row(95.0), row(None, year=2024), row(99.0, "1280")]),
        kolada(tmp_path, "kpi.json", [TITLE]),
        px(tmp_path, ["2023"], ['".."', "145000"]),
    ]


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        (
            "en",
            [
                "antal/10 000 inv → per 1 000: × 0.1",
                "2023: 95 → 9.5",
                "missing 1",
                "Cells with “..”: 1, read as missing and not as 0",
                "data.json: Kolada, values: 2.",
                "“own processing of data from Kolada”",
            ],
        ),
        (
            "sv",
            [
                "antal/10 000 inv → per 1 000: × 0,1",
                "2023: 95 → 9,5",
                "saknas 1",
                "Celler med ”..”: 1, läses som saknat värde och inte som 0",
                "data.json: Kolada, antal värden: 2.",
                "”egen bearbetning av uppgifter från Kolada”",
            ],
        ),
    ],
)
def test_what_was_understood_is_told_with_conversions_and_sources(
    files: list[str], tmp_path: Path, lang: Lang, said: list[str]
) -> None:
    out = tmp_path / "figures.csv"
    answer = sisim("key-figures", *files, "--municipality", "0581", "--out", out, lang=lang)
    assert answer.exit_code == 0, answer.output
    plain = answer.output.replace("\xa0", " ")
    assert [text for text in said if text not in plain] == []
    table = out.read_text(encoding="utf-8-sig")
    assert table.count("0581") == 3
    assert "1280" not in table
    assert "Källa: Kolada" in table


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (["--municipality", "581x"], "No file has numbers of this area"),
        (["--out", "figures.pdf"], "written as .csv or .xlsx"),
        (["--pathway", "child-yuth"], 'Did you mean "child-youth"?'),
        (["--mapping", "no.toml"], "There is no file"),
    ],
)
def test_a_mistake_is_answered(files: list[str], line: list[str], said: str) -> None:
    answer = sisim("key-figures", *files, *line)
    assert answer.exit_code == 2 or answer.exit_code == 1
    assert said in answer.output


def test_the_command_never_goes_on_the_net(
    files: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise AssertionError("A socket was asked for.")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)
    with pytest.raises(AssertionError):
        socket.create_connection(("api.kolada.se", 443))
    out = tmp_path / "figures.xlsx"
    assert sisim("key-figures", *files, "--out", out).exit_code == 0


def test_no_module_of_the_package_imports_what_fetches_from_the_net() -> None:
    fetches = re.compile(
        r"^\s*(?:import|from) +(?:urllib\.request|http\.client|ftplib|smtplib|requests|httpx|"
        r"aiohttp|urllib3)\b",
        re.MULTILINE,
    )
    assert fetches.search("import urllib.request")
    sources = Path(str(package.__file__)).parent.rglob("*.py")
    assert [file for file in sources if fetches.search(file.read_text(encoding="utf-8"))] == []

"""What the README shows is true."""

import re
from pathlib import Path

from helpers.command_line import sisim

README = Path(__file__).parents[1] / "README.md"


def test_its_commands_exist() -> None:
    told = set(re.findall(r"sisim ([a-z][\w-]+)", README.read_text(encoding="utf-8")))
    assert "figures" in told
    assert [name for name in told if sisim(name, "--help").exit_code != 0] == []


def test_as_many_scenarios_are_ready_as_it_says() -> None:
    assert "Twenty are ready" in README.read_text(encoding="utf-8")
    assert "20 of 20 ready scenarios" in sisim("catalogue").stdout


def test_its_links_lead_somewhere() -> None:
    links = re.findall(r"\]\((?!https?:)([^)]+)\)", README.read_text(encoding="utf-8"))
    assert [link for link in links if not (README.parent / link).exists()] == []

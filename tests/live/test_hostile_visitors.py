"""Whatever a visitor asks for or brings is answered, and takes nothing from the others."""

from __future__ import annotations

import asyncio
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest
from helpers.many_visitors import memory, visits
from helpers.visitors import Server, Visitor

from sisim.loading.files import shipped

Enter = Callable[..., Visitor]
READY = shipped("scenario")["placed-youth"].read_text(encoding="utf-8")
MOST = "residents=1000000&runs=200&years=40"

FILES: dict[str, bytes] = {
    "a huge integer": b"seed = " + b"9" * 5000,
    "long dotted keys": b".".join([b"a"] * 20_000) + b" = 1",
    "deep arrays": b"x = " + b"[" * 50_000,
    "deep tables": b"x = " + b"{a=" * 50_000,
    "deep and wrong": b"[" * 3000 + b"\nx = = 1",
    "no text": b"\xff\xfe\x00\x01" * 100,
    "zeros": b"\x00" * 1000,
    "nothing": b"",
    "endless runs": READY.encode() + b"\n[override]\nreplications = 1_000_000_000\n",
    "endless people": READY.encode() + b'\n[override]\n"population.residents" = 90_000_000\n',
    "endless years": READY.encode() + b'\n[override]\n"time.years" = 1e308\n',
    "endless growth": READY.encode() + b'\n[override]\n"population.growth" = 1e9\n',
}


@pytest.mark.parametrize("lang", ["en", "sv"])
def test_whatever_file_is_brought_is_answered(visit: Enter, server: Server, lang: str) -> None:
    someone = visit(f"?lang={lang}")
    before = someone.series("project", "cost-with")
    someone.page.click("#more")
    someone.page.wait_for_selector("#open-file")
    for name, content in FILES.items():
        file = {"name": f"{name}.toml", "mimeType": "", "buffer": content}
        someone.page.set_input_files("#bring", [file])
        someone.page.wait_for_selector("dialog[open] pre")
        said = someone.text("dialog[open] pre")
        assert said.startswith(f"{name}.toml"), said
        assert len(said.splitlines()[0]) > len(name) + 10, said
        assert "Traceback" not in said
        someone.page.keyboard.press("Escape")
        someone.page.wait_for_selector("dialog[open]", state="detached")
    assert someone.series("project", "cost-with") == before
    assert "Traceback" not in server.said()


@pytest.mark.parametrize(("lang", "said"), [("en", "memory"), ("sv", "minne")])
def test_what_is_too_much_is_refused_in_the_field_and_the_address(
    visit: Enter, lang: str, said: str
) -> None:
    someone = visit(f"?lang={lang}")
    before = someone.series("project", "cost-with")
    someone.page.click("#more")
    someone.page.fill("#set-residents", "90000000")
    someone.page.keyboard.press("Tab")
    someone.page.wait_for_selector(f"dialog[open] pre:has-text('{said}')")
    someone.page.keyboard.press("Escape")
    assert someone.page.input_value("#set-residents") == "1500"
    assert someone.series("project", "cost-with") == before
    other = visit(f"?lang={lang}&{MOST}", wait=".problems", rests=False)
    assert said in other.text(".problems pre")


def test_what_is_asked_for_without_a_page_computes_nothing(server: Server) -> None:
    process = psutil.Process(server.pid)

    def spent() -> float:
        return sum(process.cpu_times()[:2])

    held, worked = memory(server), spent()
    for number in range(100):
        with urllib.request.urlopen(f"{server.address}?residents=100000&seed={number}") as answer:
            assert answer.status == 200
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(f"{server.address}nothing-{number}")
    time.sleep(1)
    assert spent() - worked < 5
    assert memory(server) - held < 60


def test_many_visitors_at_once_are_all_answered(server: Server) -> None:
    with ThreadPoolExecutor(1) as pool:  # a browser may have left its loop running in this one
        work = visits(server, 8, moves=3, query="?seed=7")
        found = pool.submit(asyncio.run, work).result()
    assert all(one.first is not None and len(one.moves) == 3 for one in found)
    assert "Traceback" not in server.said()

"""The ten-second test: what can be read off the page 0, 2, 5 and 10 seconds after it is opened.

    uv run python -m helpers.ten_seconds FOLDER [SCENARIO]

From the folder `tests`. It opens the page as a stranger does, takes a picture at each moment in
FOLDER, and prints what stands there then, in both languages. Nothing is held to a time.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from helpers.browser import installed
from helpers.visitors import serving

MOMENTS = (0, 2, 5, 10)
"""Seconds after the first answer to the browser."""
READ = """() => {
    const text = (place) => [...document.querySelectorAll(place)].map((n) => n.innerText.trim());
    const seen = (one) => one.getClientRects().length > 0;
    return {
        phase: document.body.dataset.phase ?? "nothing yet",
        says: text(".waiting, .status").filter(Boolean).join(" | "),
        title: text("h1").join(),
        figures: text(".figure h2"),
        verdicts: text(".figure .verdict").filter(Boolean),
        numbers: text(".numbers tbody tr").map((row) => row.replace(/\\s+/g, " ")),
        curves: [...document.querySelectorAll(".figure svg")].filter(seen).length,
        sliders: text(".slider label"),
    };
}"""


def read_off(page: Page, folder: Path, name: str) -> None:
    """Take pictures at the moments, and print what stands there then."""
    begun = time.monotonic()
    for moment in MOMENTS:
        page.wait_for_timeout(max(0.0, begun + moment - time.monotonic()) * 1000)
        page.screenshot(path=folder / f"{name}-{moment:02d}s.png")
        print(f"\n{name}, {moment} s")
        for what, seen in page.evaluate(READ).items():
            print(f"  {what}: {'; '.join(seen) if isinstance(seen, list) else seen}")


def main(folder: Path, source: str = "placed-youth") -> None:
    """Play the test in both languages, on a screen and on a phone."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed(), args=["--no-sandbox"])
        for lang, wide, high in (("sv", 1280, 720), ("en", 390, 844)):
            asked = time.monotonic()
            with serving(source) as server:  # anew: nothing is known of it
                print(f"\n{lang}: {time.monotonic() - asked:.1f} s from the command to its address")
                page = browser.new_page(viewport={"width": wide, "height": high})
                page.goto(f"{server.address}?lang={lang}", wait_until="commit")
                read_off(page, folder, f"{lang}-{wide}")
                page.close()
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:3])

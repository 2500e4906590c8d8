"""A real Chromium, for what a browser draws."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def installed() -> str | None:
    """Return the system's Chromium, if there is one."""
    named = os.environ.get("SISIM_CHROMIUM")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None)


def install() -> str:
    """Install the system's Chromium; return why that was not possible, or nothing."""
    if shutil.which("apt-get") is None:
        return "there is no apt-get here"
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"]):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            return done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "it failed"
    return ""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Return a running Chromium; the tests are skipped, and say why, where none can be had."""
    api = pytest.importorskip("playwright.sync_api", reason="the tests of the page need Playwright")
    with FileLock(Path(tempfile.gettempdir()) / "sisim-chromium.lock"):
        # One process installs it, the others wait.
        why = "" if installed() else install()
        path = installed()
    if path is None:
        pytest.skip(f"no Chromium, and it could not be installed: {why}")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()

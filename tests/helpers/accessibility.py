"""What an automatic checker of WCAG 2.1, levels A and AA, finds on a page that is open."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe

RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
AXE = Axe()


def barriers(page: Any) -> list[str]:
    """Return what axe-core finds, each with its rule, the element and why."""
    found = AXE.run(page, options={"resultTypes": ["violations"], "runOnly": RULES}).response
    return [
        f"{rule['id']} at {node['target']}: {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]

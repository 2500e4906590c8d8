"""The manifest of a result: the experiment and the scenario in full, versions, platform, seed.

It carries a digest of itself, and every shard of the result a digest of what the manifest says.
"""

from __future__ import annotations

import hashlib
import json
import platform
from datetime import UTC, datetime
from functools import cache, cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, NonNegativeInt, PositiveInt

from sisim.analysis.design import SILENT, content
from sisim.analysis.experiment_file import Experiment, Plan
from sisim.scenario.digest import digest
from sisim.scenario.errors import Reason
from sisim.scenario.scenario import Scenario

PACKAGES = ("sisim", "numpy", "numba", "pandas", "pyarrow", "scipy")
ROOMS = ("scenario", "checks", "loading", "engine", "economics", "analysis")
"""Where the code stands that decides the numbers."""


class StoreError(Exception):
    """A result cannot be read, written or gone on with, and why."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(repr(reason))

    def render(self) -> str:
        """Return why, in the current language."""
        return self.reason.text

    def __reduce__(self) -> tuple[type[StoreError], tuple[Reason]]:
        return type(self), (self.reason,)


class Manifest(BaseModel):
    """How a result was made: all that is needed to make it again."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1, 2] = 2
    """1: before there were digests; such a result is read, and not gone on with."""
    made: str
    """When it was begun."""
    versions: dict[str, str]
    """Of Python and the packages; `code` is a hash of what decides the numbers."""
    platform: str
    seed: NonNegativeInt
    replications: PositiveInt
    draws: PositiveInt
    """How many of them there are to be: more than the experiment says once it is expanded."""
    experiment: dict[str, Any]
    experiment_text: str
    scenario: dict[str, Any]
    scenario_digest: str
    origins: tuple[dict[str, str], dict[str, str]]
    files: dict[str, str]
    """The scenario's own files, word for word."""

    @classmethod
    def of(cls, plan: Plan) -> Manifest:
        """Return the manifest of a plan, made here and now."""
        return cls(
            made=datetime.now(UTC).isoformat(timespec="seconds"),
            versions=versions(),
            platform=platform.platform(),
            seed=plan.seed,
            replications=plan.replications,
            draws=plan.draws,
            experiment=content(plan.experiment),
            experiment_text=plan.text,
            scenario=content(plan.scenario),
            scenario_digest=digest(plan.scenario),
            origins=plan.scenario.origins,
            files={name: _text(Path(name)) for name in plan.scenario.origins[0].values()},
        )

    @classmethod
    def read(cls, written: bytes) -> Manifest:
        """Return what `written` says.

        Raises:
            ValueError: If that is no manifest, or not as it was written.
        """
        given = json.loads(written)
        own = given.pop("digest", None) if isinstance(given, dict) else None
        found = cls.model_validate(given)
        if own != (None if found.format == 1 else content_digest(given)):
            raise ValueError("the digest is another")
        return found

    def written(self) -> bytes:
        """Return the manifest as JSON, with a digest of itself."""
        given = self.model_dump(mode="json")
        return json.dumps({**given, "digest": content_digest(given)}, indent=1).encode()

    @cached_property
    def source(self) -> str:
        """A digest of what makes the numbers: the scenario, the experiment, the seed, the code."""
        said = [{k: v for k, v in one.items() if k not in SILENT} for one in self._said.values()]
        return content_digest([said, self.seed, self.versions.get("code")])

    @property
    def plan(self) -> Plan:
        """The plan that it is the result of.

        Raises:
            StoreError: If this version of sisim cannot read what another has written.
        """
        try:
            scenario = Scenario.model_validate(self.scenario).with_origin(*self.origins)
            experiment = Experiment.model_validate(self.experiment)
            text, draws, runs = self.experiment_text, self.draws, self.replications
            plan = Plan(experiment, scenario, text, draws, runs)
            plan.varied  # noqa: B018 (what cannot be drawn is told of now)
        except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as error:
            reason = Reason(
                "The result was made by sisim {version}, and what it was made from cannot be read "
                "by this version. Run the experiment again, in another folder: its text is in "
                "{file}, as {text}, and the scenario's as {files}.",
                version=self.versions.get("sisim", "?"),
                file="manifest.json",
                text="experiment_text",
                files="files",
            )
            raise StoreError(reason) from error
        return plan

    def differences(self, other: Manifest) -> list[str]:
        """Return what another one says otherwise of the experiment or the scenario."""
        found = []
        for name in self._said:
            mine, its = _flat(self._said[name]), _flat(other._said[name])
            for key in dict.fromkeys([*mine, *its]):
                if mine.get(key) != its.get(key) and key.partition(".")[0] not in SILENT:
                    found.append(f"{key}: {mine.get(key, '-')} → {its.get(key, '-')}")
            if not found:  # draws are made in the order of states and categories
                places = zip(mine, its, strict=True)
                found += [f"{one} ⇄ {another}" for one, another in places if one != another]
        before, now = self.versions, other.versions
        if before.get("code") != now["code"]:
            old = f"{before.get('sisim', '?')} ({before.get('code', '?')})"
            found.append(f"sisim: {old} → {now['sisim']} ({now['code']})")
        return found

    @property
    def _said(self) -> dict[str, dict[str, Any]]:
        return {"scenario": self.scenario, "experiment": self.experiment}


def versions() -> dict[str, str]:
    """Return the versions of all that decides what comes out."""
    own = {name: version(name) for name in PACKAGES}
    return {"python": platform.python_version(), **own, "code": _code()}


@cache
def _code() -> str:
    """Return a hash of the code that decides the numbers."""
    root = Path(__file__).parents[1]
    files = [root / "results.py", *(p for room in ROOMS for p in (root / room).rglob("*.py"))]
    code = b"".join(path.read_bytes() for path in sorted(files))
    return hashlib.blake2b(code, digest_size=4).hexdigest()


def content_digest(given: Any) -> str:
    """Return a digest of what JSON can hold."""
    # The order is part of it: draws are made in that of states and categories.
    return hashlib.blake2b(json.dumps(given).encode(), digest_size=16).hexdigest()


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return ""


def _flat(node: Any, path: str = "") -> dict[str, Any]:
    if isinstance(node, dict) and node:
        parts = [_flat(value, f"{path}.{key}" if path else str(key)) for key, value in node.items()]
        return {key: value for part in parts for key, value in part.items()}
    return {path: node}

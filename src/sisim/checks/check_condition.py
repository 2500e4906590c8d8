"""Do conditions on people ask for features and categories that there are?"""

from __future__ import annotations

from typing import Any

from sisim.checks.issues import Findings
from sisim.scenario.condition import Condition
from sisim.scenario.document import Document
from sisim.scenario.errors import Reason
from sisim.scenario.features import Features
from sisim.scenario.positions import Path


class ConditionCheck(Findings):
    """Problems in a document that has conditions on people."""

    def __init__(self, document: Document, features: Features):
        super().__init__(document)
        self.features = features

    def condition(self, path: Path, condition: Condition) -> bool:
        """Note what a condition asks for and is not there; return whether all of it is known."""
        conditions = [(path, condition)]
        known = True
        while conditions:
            here, part = conditions.pop()
            for feature, wanted in part.features.items():
                key = self._feature_path(here, feature)
                if not self.features.exists(feature):
                    known = False
                    self.refer(key, feature, self.features.names(), Reason("The feature"))
                elif isinstance(wanted, list):
                    known &= self._categories(key, feature, wanted)
                elif self.features.is_categorical(feature):
                    known = False
                    reason = Reason(
                        '"{feature}" has categories: give a list of them.', feature=feature
                    )
                    self.say(key, reason)
            for index, other in enumerate(part.any_of):
                conditions.append(((*here, "any_of", index), other))
        return known

    def _categories(self, path: Path, feature: str, wanted: list[str]) -> bool:
        if not self.features.is_categorical(feature):
            reason = Reason(
                '"{feature}" has no categories: give "from" and "below".', feature=feature
            )
            self.say(path, reason)
            return False
        allowed = self.features.allowed(feature)
        found = [
            self.refer((*path, index), name, allowed, Reason("The category"))
            for index, name in enumerate(wanted)
        ]
        return all(found)

    def _feature_path(self, path: Path, feature: str) -> Path:
        node: Any = self.document.data
        try:
            for part in path:
                node = node[part]
        except LookupError:  # the file calls it otherwise, by mistake
            return path
        if "features" in node:
            path, node = (*path, "features"), node["features"]
        return (*path, feature) if feature in node else (*path, *feature.split("."))

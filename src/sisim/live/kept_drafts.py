"""Scenarios that are being built, in the user's folder: what is entered is there when it is needed.

Each is a file with the tables as far as they have come, and the texts that are no numbers yet. One
that has been saved as a scenario is no longer kept, and of the others those changed last.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sisim.i18n import current_language
from sisim.live.saved_folder import FolderError
from sisim.live.scenario_draft import ScenarioDraft
from sisim.report.whole_files import aside, put_file
from sisim.scenario.errors import Reason
from sisim.scenario.os_errors import why

DRAFTS = "drafts"
"""The folder of drafts in the user's folder."""
MOST = 10


@dataclass(frozen=True)
class KeptDraft:
    """A draft that is kept.

    Attributes:
        draft: The draft.
        when: When it was last changed, in local time.
    """

    draft: ScenarioDraft
    when: datetime

    @property
    def title(self) -> str:
        """What it is called in the current language; empty if it has no title yet."""
        title = self.draft.get(("title",)) or ""
        return str(title.get(current_language(), "")) if isinstance(title, dict) else str(title)


class KeptDrafts:
    """The drafts in a user's folder.

    Args:
        folder: The user's folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / DRAFTS

    def save(self, key: str, content: bytes) -> None:
        """Save a draft, whole or not at all.

        Raises:
            FolderError: If it cannot be written.
        """
        file = self._file(key)
        try:
            with aside(file) as new:
                (new / file.name).write_bytes(content)
                put_file(new / file.name, file)
            for old in self._files()[MOST:]:
                old.unlink(missing_ok=True)
        except OSError as error:
            reason = Reason(
                'The folder "{folder}" cannot be used: {reason}.',
                folder=self._folder,
                reason=why(error),
            )
            raise FolderError(reason) from error

    def drop(self, key: str) -> None:
        """Keep a draft no more."""
        self._file(key).unlink(missing_ok=True)

    def listed(self) -> list[KeptDraft]:
        """Return the drafts that can be read, those changed last first."""
        found = []
        for file in self._files():
            try:
                draft = ScenarioDraft.read(file.stem, file.read_bytes())
                found.append(KeptDraft(draft, datetime.fromtimestamp(file.stat().st_mtime)))
            except (OSError, ValueError):
                continue  # of another version, or no draft
        return found

    def _file(self, key: str) -> Path:
        return self._folder / f"{key}.json"

    def _files(self) -> list[Path]:
        try:
            files = [file for file in self._folder.glob("*.json") if file.name[0] != "."]
            return sorted(files, key=lambda file: -file.stat().st_mtime)
        except OSError:
            return []

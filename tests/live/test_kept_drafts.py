"""Drafts in a folder: what has been entered is there again, also what is no number yet."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sisim.live.kept_drafts import DRAFTS, MOST, KeptDrafts
from sisim.live.saved_folder import FolderError
from sisim.live.scenario_draft import ScenarioDraft


def entered() -> ScenarioDraft:
    """Return a draft with a name, a source of its own and something that is no number."""
    draft = ScenarioDraft.empty("child-youth")
    draft.name_it("Närvaroteamet")
    reach = (*draft.of_investment, "reach")
    draft.put_owned(reach, "value", "0,7")
    draft.put_owned(reach, "source", "familjer som tackar ja")
    draft.put_number((*draft.of_investment, "years"), "tre")
    return draft


def test_what_has_been_entered_is_there_again(tmp_path: Path) -> None:
    drafts, draft = KeptDrafts(tmp_path), entered()
    drafts.save(draft.key, draft.written)
    (found,) = KeptDrafts(tmp_path).listed()
    assert found.title == "Närvaroteamet"
    again = found.draft
    assert (again.key, again.content, again.unread) == (draft.key, draft.content, draft.unread)
    # Another value takes away a source that the file gave, and not one that has been entered.
    for one in (draft, again):
        one.put_owned((*one.of_investment, "reach"), "value", "0,6")
    assert again.content == draft.content
    drafts.drop(draft.key)
    assert drafts.listed() == []


def test_those_changed_last_are_kept(tmp_path: Path) -> None:
    drafts, made = KeptDrafts(tmp_path), [entered() for _ in range(MOST + 2)]
    for n, draft in enumerate(made):
        drafts.save(draft.key, draft.written)
        os.utime(tmp_path / DRAFTS / f"{draft.key}.json", (n, n))
    drafts.save(made[0].key, made[0].written)
    found = [one.draft.key for one in drafts.listed()]
    assert len(found) == MOST
    assert found[0] == made[0].key


def test_what_is_no_draft_is_left_alone(tmp_path: Path) -> None:
    drafts = KeptDrafts(tmp_path)
    (tmp_path / DRAFTS).mkdir()
    for content in (b"", b"{}", b"[]", b'{"data": {}, "unread": [], "own": []}', b"\xff"):
        (tmp_path / DRAFTS / "one.json").write_bytes(content)
        assert drafts.listed() == []


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / DRAFTS).write_bytes(b"a file")
    with pytest.raises(FolderError):
        KeptDrafts(tmp_path).save("one", b"")

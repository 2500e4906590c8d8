"""Every message that a reader can meet exists in Swedish, with the same fields."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import sisim.i18n

SOURCE = Path(sisim.i18n.__file__).parent
KEYWORDS = {"t": None, "Reason": None}


def messages() -> dict[str, str]:
    """Return every message written in the code, and where it stands."""
    found = extract_from_dir(SOURCE, [("**.py", "python")], keywords=KEYWORDS)
    return {str(message): f"{file}:{line}" for file, line, message, *_ in found}


def swedish() -> dict[str, str]:
    """Return the Swedish catalogue."""
    with (SOURCE / "data/locale/sv.po").open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file, locale="sv") if m.id}


def fields(text: str) -> set[str]:
    """Return the {fields} of a message."""
    return set(re.findall(r"\{(\w*)[^{}]*\}", text))


def test_no_message_lacks_its_swedish() -> None:
    known = swedish()
    assert {m: place for m, place in messages().items() if not known.get(m)} == {}


@pytest.mark.parametrize(("english", "translated"), swedish().items())
def test_both_languages_have_the_same_fields(english: str, translated: str) -> None:
    assert fields(english) == fields(translated)

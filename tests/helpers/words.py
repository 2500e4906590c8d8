"""Which words of a text are English and should not be, for a Swedish reader.

A word is English when the English of a catalogue or of a ready file has it and the Swedish of none
does. What stands in quotation marks or backticks is not looked at, as it is named there, nor is a
key, a file or an option.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po

import sisim

SOURCE = Path(sisim.__file__).parent
SCENARIOS = Path(__file__).parents[2] / "scenarios"

NAMES = frozenset(
    {"csv", "dask", "duckdb", "echarts", "gini", "html", "json", "lorenz", "morris", "parquet"}
    | {"png", "pdf", "prim", "python", "schema", "sisim", "sobol", "svg", "toml", "tornado", "xlsx"}
)
"""Words that are names in both languages."""

READ = """() => {
    document.querySelectorAll("details").forEach(one => { one.open = true; });
    const seen = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const inside = walk.currentNode.parentElement.closest("script, style, #language, .icon");
        if (!inside) seen.push(walk.currentNode.textContent);
    }
    for (const name of ["title", "aria-label", "placeholder", "alt"])
        document.querySelectorAll(`[${name}]`).forEach(one => {
            if (one.id !== "language") seen.push(one.getAttribute(name));
        });
    return seen.join("\\n");
}"""
"""The texts of the page, seen or yet to be unfolded, and what is read aloud of it.

The letters in an icon are the name of a sign, which nobody reads.
"""


@cache
def english() -> frozenset[str]:
    """Return the words that only English texts have."""
    spoken: dict[str, set[str]] = {"en": set(), "sv": set(NAMES)}
    for file in (SOURCE / "data/locale").glob("*.po"):
        with file.open("rb") as stream:
            for message in read_po(stream, locale="sv"):
                for lang, text in (("en", message.id), ("sv", message.string)):
                    for form in text if isinstance(text, tuple) else (text,):
                        spoken[lang] |= words(re.sub(r"\{\w*[^{}]*\}", " ", form))
    for file in (*SOURCE.glob("data/*/*.toml"), *SCENARIOS.glob("*.toml")):
        for text in texts(tomllib.loads(file.read_text(encoding="utf-8"))):
            for lang in spoken:
                spoken[lang] |= words(text[lang])
    return frozenset(spoken["en"] - spoken["sv"])


def texts(node: Any) -> Iterator[dict[str, str]]:
    """Yield the texts of a file that are in both languages."""
    if isinstance(node, dict):
        if set(node) == {"sv", "en"}:
            yield node
        else:
            for value in node.values():
                yield from texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from texts(value)


NAMED = re.compile(
    r"`[^`]*`|<[^<>]*>|”[^”]*”|\"[^\"]*\"|\[[^\]]*\]|scenario [a-z][\w-]* [0-9a-f]{6,}|https?://\S+"
    r"|\S+\.toml:\d+: [\w.*-]+:|(?m:^\S+/\S+\.\w+$)"
)
KEY = re.compile(r"\S*[\w*][._/=][\w*{]\S*|--?[a-z][\w-]*|[a-zåäö]+-[a-z][a-z-]*[.\w]*")
WORD = re.compile(r"[^\W\d_]{2,}")


def words(text: str) -> set[str]:
    """Return the words of a text, without what is named in it."""
    return {word.lower() for word in WORD.findall(KEY.sub(" ", NAMED.sub(" ", text)))}


def leaks(text: str) -> dict[str, str]:
    """Return the English words of what should be Swedish, and the lines they are in."""
    plain = text.replace("\N{NO-BREAK SPACE}", " ")
    return {
        word: line.strip()
        for line in plain.splitlines()
        for word in sorted(words(line) & english())
    }


SLIP = re.compile(
    r"(?<![\w.,])(?:"
    r"[a-z]+(?:_[a-z0-9]+)+"  # a raw key
    r"|(?:arms|drift|economy|funds|investments|population|resources|time|tracks|transitions)\.[a-z]\S*"
    r"|1 (?:years|months|runs|people|cells|draws|personer|körningar|månader|celler)"
    r"|nan|None|inf"
    r"|(?:year|år) [12][ ,.]\d{3}"
    r"|\{\w*\})(?!\w)"
)


def slips(text: str) -> dict[str, str]:
    """Return what no reader should meet in either language, and the lines it is in."""
    plain = text.replace("\N{NO-BREAK SPACE}", " ")
    return {
        slip: line.strip()
        for line in plain.splitlines()
        for slip in SLIP.findall(re.sub(r"“[^“”]*”", " ", NAMED.sub(" ", line)))
    }

"""Values, names and changes that no file should have, and which a reader must nevertheless meet."""

from __future__ import annotations

import copy
import io
import random
import zipfile
from typing import Any

from helpers.any_files import Raw, places

DIGITS = "9" * 5000
RAW = (
    DIGITS,
    f"-{DIGITS}",
    "0x" + "f" * 5000,
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551616",
    "1" + "0" * 300,
    "1e308",
    "-1e308",
    "1e-308",
    "1e999",
    "nan",
    "-inf",
    "-0.0",
    "2026-01-01",
    "2026-01-01T00:00:00Z",
    "07:32:00",
    "[" * 80 + "]" * 80,
    "{ a = " * 80 + "1" + " }" * 80,
    "[[[]]]",
    "{}",
    "[{}]",
    "{ value = 1 }",
    "{ value = 1e308, low = -1e308, high = 1e308 }",
    "{ value = 1, factors = [] }",
    "{ value = 0.5, low = 0.4 }",
    '{ distribution = { name = "beta", mean = 0.2, sd = 0.05 } }',
    '{ sv = "", en = "" }',
)
"""Values as TOML has them, some of them no TOML that can be taken."""
TEXTS = (
    "",
    " ",
    "a" * 5000,
    "\x00",
    "\u202e\u200b",
    "\U0010ffff",
    "\u0301" * 50,
    "../../etc/passwd",
    "~nobody-at-all/x",
    "/dev/zero",
    "/",
    "con",
    "NUL.toml",
    "$x^{$",
    r"\frac{",
    "<script>alert(1)</script>",
    "=1+1",
    "{name}",
    "{0.__class__}",
    "%s%n",
    "a.b",
    "2026-13",
    "0000-01",
    "9999-12",
    "1,5",
    "250,000",
    "é" * 100,
)
"""Names and texts: of devices and homes, of markup and formulas, of no width and of too much."""
KEYS = (*TEXTS, "value", "override", "pathway", "__class__", "low", "factors", "label", "1")
TOKENS = (
    *(f" = {raw}\n" for raw in RAW[:12]),
    "\n[" + ".".join("a" * 80) + "]\n",
    "\n" + ".".join("a" * 5000) + " = 1\n",
    "[" * 300,
    "{ a = " * 300,
    '"""',
    "'''",
    "\r",
    "\x00",
    "\ufeff",
    "= =",
    "]",
    "}",
    ",",
    "\n[[x]]\n",
    "#",
    "\\",
    '"',
)


def value(rng: random.Random, old: Any, document: Any) -> Any:
    """Return another value: hostile, near the old one, or from elsewhere in the document."""
    match rng.randrange(5):
        case 0:
            return Raw(rng.choice(RAW))
        case 1:
            return rng.choice(TEXTS)
        case 2 if isinstance(old, int | float) and not isinstance(old, bool):
            return rng.choice(
                (-old, 0, old * 1000, old / 7, old + 1, old * 1e9, 0.5, 1e-9, old - 1)
            )
        case 3:
            path = rng.choice(places(document))
            return copy.deepcopy(at(document, path))
    return rng.choice((True, 0, 1, -1, 2, 0.5, 1.5, [], {}, [old], {"value": old}, 12, 100, 1e6))


def change_little(rng: random.Random, document: Any) -> None:
    """Change a number, or put what stands elsewhere under the same key, in place.

    What comes of it is often a file that is accepted.
    """
    every = places(document)
    path = rng.choice(every)
    parent, last, old = at(document, path[:-1]), path[-1], at(document, path)
    if isinstance(old, int | float) and not isinstance(old, bool):
        scales = (0, 0.1, 0.5, 0.99, 1.01, 2, 3, 10, 1000, 1e6, -1)
        new = old * rng.choice(scales)
        parent[last] = int(new) if isinstance(old, int) and rng.random() < 0.8 else new
    else:
        alike = [other for other in every if other[-1] == last and other != path]
        if alike and isinstance(last, str):
            parent[last] = copy.deepcopy(at(document, rng.choice(alike)))
        elif rng.random() < 0.2:
            del parent[last]


def at(document: Any, path: tuple[Any, ...]) -> Any:
    """Return what stands at a path."""
    for key in path:
        document = document[key]
    return document


def change(rng: random.Random, document: Any) -> None:
    """Change something in a document of tables and lists, in place."""
    every = places(document)
    if not every:
        return
    path = rng.choice(every)
    parent, last = at(document, path[:-1]), path[-1]
    match rng.randrange(6):
        case 0:
            del parent[last]
        case 1 if isinstance(parent, dict):
            parent[rng.choice(KEYS)] = parent.pop(last)
        case 2 if isinstance(parent, dict):
            parent[rng.choice(KEYS)] = copy.deepcopy(parent[last])
        case 3 if isinstance(parent, list):
            parent.append(copy.deepcopy(parent[last]))
        case _:
            parent[last] = value(rng, parent[last], document)


def change_text(rng: random.Random, text: str) -> str:
    """Return a text with something in it removed, repeated, moved or added."""
    at = rng.randrange(len(text) + 1)
    match rng.randrange(6):
        case 0:
            return text[:at] + text[at + rng.randrange(1, 40) :]
        case 1:
            return text[:at] + rng.choice(TOKENS) + text[at:]
        case 2:
            lines = text.split("\n")
            lines.insert(rng.randrange(len(lines)), rng.choice(lines))
            return "\n".join(lines)
        case 3:
            lines = text.split("\n")
            rng.shuffle(lines)
            return "\n".join(lines)
        case 4:
            return (
                text[:at] + chr(rng.choice((rng.randrange(128), rng.randrange(0xD7FF)))) + text[at:]
            )
    return text[:at]


def change_bytes(rng: random.Random, content: bytes) -> bytes:
    """Return other bytes: some flipped, some lost, some repeated."""
    found = bytearray(content)
    for _ in range(rng.randrange(1, 6)):
        if not found:
            break
        at = rng.randrange(len(found))
        match rng.randrange(4):
            case 0:
                del found[at:]
            case 1:
                del found[at : at + rng.randrange(1, 30)]
            case 2:
                found[at:at] = found[at : at + rng.randrange(1, 30)]
            case _:
                found[at] = rng.randrange(256)
    return bytes(found)


XML = (
    b"<v>1e999</v>",
    b"<v>99999999999999999999</v>",
    b"<f>1/0</f>",
    b't="s"',
    b't="d"',
    b' r="XFD1048576"',
    b' r="A0"',
    b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
    b"<!DOCTYPE a>",
    b"<c/>",
    b"&#0;",
    b"&x;",
    b"\xff",
    b"<",
    b"-1",
)


def change_workbook(rng: random.Random, content: bytes) -> bytes:
    """Return a workbook whose parts say something else or are gone."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        names = old.namelist()
        chosen = rng.choice([*names, *(name for name in names if "sheet" in name)])
        for name in names:
            part = old.read(name)
            if name == chosen:
                if rng.random() < 0.1:
                    continue
                at = rng.randrange(len(part) + 1)
                if rng.random() < 0.5:
                    part = part[:at] + rng.choice(XML) + part[at + rng.randrange(8) :]
                else:
                    part = change_bytes(rng, part)
            new.writestr(name, part)
    return made.getvalue()

"""Build the site in both languages, or bring its catalogues up to date.

uv run --group docs python docs/build.py               # docs/_build/html/index.html
uv run --group docs python docs/build.py --catalogues  # docs/locale/sv/LC_MESSAGES
"""

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from sphinx.cmd.build import build_main

DOCS = Path(__file__).parent
BUILT = DOCS / "_build"
SWEDISH = DOCS / "locale/sv/LC_MESSAGES"
THEME = SWEDISH / "sphinx.po"
"""The words of the theme that Sphinx's own catalogue lacks."""
HEADER = """# Swedish of docs/{page}.md
msgid ""
msgstr ""
"Language: sv\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
START = """<!doctype html>
<html lang="sv"><meta charset="utf-8"><title>sisim</title>
<script>
location.replace((navigator.language.startsWith("sv") ? "sv" : "en") + "/index.html")
</script>
<p><a href="sv/index.html" lang="sv">På svenska</a>
<p><a href="en/index.html" lang="en">In English</a>
</html>
"""
NO_WORDS = re.compile(r"`[^`]*`|\$[^$]*\$|<[^>]*>|\{[a-z]+\}|[^A-Za-z]")
"""What in a message is the same in every language."""


def site() -> int:
    """Build both languages, a warning being an error, and return the worst exit code."""
    catalogues()
    codes = [len(list(_untranslated())) > 0]
    for lang in ("en", "sv"):
        places = [str(place) for place in (BUILT / "doctrees" / lang, DOCS, BUILT / "html" / lang)]
        options = ["-W", "--keep-going", "-n", "-q", "-D", f"language={lang}"]
        codes.append(build_main(["-b", "html", *options, "-d", *places]))
    (BUILT / "html/index.html").write_text(START, encoding="utf-8", newline="\n")
    for line in _untranslated():
        print(line, file=sys.stderr)
    return max(map(int, codes))


def _untranslated() -> Iterator[str]:
    """Yield where a sentence lacks its Swedish, or was changed after it was translated.

    A page without a word of Swedish waits for its translator, and is left out.
    """
    for file in sorted(SWEDISH.rglob("*.po")):
        messages = [one for one in read_po(file.open("rb"), "sv") if one.id]
        if all(one.string in ("", one.id) for one in messages):
            continue
        for message in messages:
            if message.fuzzy or not message.string:
                what = "changed since it was translated" if message.fuzzy else "no Swedish"
                yield f"{file.relative_to(DOCS)}: {what}: {message.id[:60]}"


def catalogues() -> int:
    """Bring the catalogues up to date: a changed sentence becomes fuzzy, a lost one goes."""
    templates = BUILT / "gettext"
    code = build_main(["-b", "gettext", "-q", "-E", "-t", "catalogues", str(DOCS), str(templates)])
    wanted = set()
    for template in sorted(templates.rglob("*.pot")):
        page = template.relative_to(templates).with_suffix("")
        if not (DOCS / page).with_suffix(".md").exists():
            template.unlink()
            continue
        file = (SWEDISH / page).with_suffix(".po")
        wanted.add(file)
        old = read_po(file.open("rb"), "sv") if file.exists() else Catalog("sv")
        old.update(read_po(template.open("rb")))
        new = Catalog("sv", fuzzy=False)
        for message in old:
            if message.id:
                same = not NO_WORDS.sub("", message.id)
                text = message.string or (message.id if same else "")
                new.add(message.id, text, flags=message.flags & {"fuzzy"})
        text = BytesIO()
        write_po(text, new, width=0, omit_header=True)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(HEADER.format(page=page.as_posix()).encode() + text.getvalue())
    for file in SWEDISH.rglob("*.po"):
        if file not in (*wanted, THEME):
            file.unlink()
    return code


if __name__ == "__main__":
    sys.exit(catalogues() if "--catalogues" in sys.argv[1:] else site())

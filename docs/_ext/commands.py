"""A page for each command, from what `--help` says."""

import re
from pathlib import Path

from sphinx.application import Sphinx

from sisim.cli.command_line import app as command_line
from sisim.cli.help_pages import Row, commands, rows_of, text_of, usage_of
from sisim.i18n import help_text, in_language, t

FOLDER = "reference/commands"


def marked(text: str) -> str:
    """Return a text as Markdown: what stands between backticks is code, all else is plain."""
    parts = text.split("`")
    plain = [re.sub(r"([*_<>\[\]$|\\{}])", r"\\\1", part) for part in parts[::2]]
    for n, part in enumerate(plain):
        parts[2 * n] = part
    return "`".join(parts)


def keep(folder: Path, pages: dict[str, str]) -> None:
    """Write pages into a folder that holds nothing else; what is as before stays untouched."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.md"):
        if old.stem not in pages:
            old.unlink()
    for name, text in pages.items():
        place = folder / f"{name}.md"
        if not place.exists() or place.read_text(encoding="utf-8") != text:
            place.write_text(text, encoding="utf-8", newline="\n")


def _table(title: str, rows: list[Row]) -> list[str]:
    lines = ["", f"## {title}", ""]
    for name, value, limits, text in rows:
        shown = " ".join(part for part in (name, value, limits) if part)
        lines += [f"`{shown}`", f": {marked(text)}", ""]
    return lines


def _page(name: str) -> str:
    command = command_line[name]
    about = help_text(text_of(command)).split("\n\n")
    given, named = rows_of(command)
    lines = [f"# sisim {name}", ""]
    for part in about:
        before, example, line = part.rpartition("sisim ")
        if example and not before.strip().count(".") and "`" not in part and ":" in before:
            lines += [marked(before.strip()), "", "```console", f"$ {example}{line}", "```", ""]
        else:
            lines += [marked(part), ""]
    lines += ["```text", usage_of(command_line, name), "```"]
    lines += _table(t("Arguments"), given) if given else []
    return "\n".join(lines + _table(t("Options"), named)) + "\n"


def _write(app: Sphinx) -> None:
    if app.builder.name == "gettext":
        return
    with in_language("sv" if app.config.language == "sv" else "en"):
        names = [name for name, _ in commands(command_line)]
        keep(Path(app.srcdir) / FOLDER, {name: _page(name) for name in names})


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the pages before any is read."""
    app.connect("builder-inited", _write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""Commands that are run while a page is made: what they print and draw is what the page shows.

A page has a folder of its own. `{file} NAME` shows a file and puts it there, one of tutorials/files
if nothing else is written. `{run}` runs the lines that begin with `$ sisim` there, in the language
of the page, and shows what they print; `{python}` does so with Python. `:figure:` names a picture
that was drawn. A command that fails ends the build.
"""

import contextlib
import io
import logging
import os
import shlex
import shutil
import traceback
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

WIDTH = "88"
RUNS = "_build/runs"


class Executed(SphinxDirective):
    """What pages with executed blocks have in common."""

    has_content = True
    option_spec = {
        "figure": directives.unchanged,
        "alt": directives.unchanged,
        "lines": directives.nonnegative_int,
        "last": directives.nonnegative_int,
        "fails": directives.flag,
    }

    def folder(self) -> Path:
        """Return the folder of the page."""
        place = Path(self.env.srcdir) / RUNS / (self.config.language or "en") / self.env.docname
        place.mkdir(parents=True, exist_ok=True)
        return place

    def run(self) -> list[nodes.Node]:
        """Return the block with what it printed, and the picture that it drew."""
        asked, lang = "\n".join(self.content), self.config.language
        drawn = self.options.get("figure")
        uri = f"/{RUNS}/{lang}/{self.env.docname}/{drawn}"
        if self.env.app.builder.name == "gettext":
            shown: list[nodes.Node] = []
            uri = "/images/figures.png"
        else:
            with _in_folder(self.folder()):
                shown = self.shown(asked)
        if drawn:
            shown.append(nodes.image(uri=uri, alt=self.options.get("alt", ""), classes=["drawn"]))
            self.set_source_info(shown[-1])
        return shown

    def shown(self, asked: str) -> list[nodes.Node]:
        """Return the block and what came of it."""
        raise NotImplementedError

    def block(self, text: str, language: str) -> nodes.literal_block:
        """Return a block of code."""
        found = nodes.literal_block(text, text, language=language)
        self.set_source_info(found)
        return found

    def cut(self, output: str) -> str:
        """Return the lines that the page asks for."""
        lines = [line.rstrip() for line in output.strip("\n").split("\n")]
        first = self.options.get("lines", len(lines))
        last = self.options.get("last", 0)
        if "last" in self.options:
            return "\n".join(["…", *lines[-last:]])
        return "\n".join(lines if first >= len(lines) else [*lines[:first], "…"])


class Run(Executed):
    """`{run}`: lines of the command line."""

    def shown(self, asked: str) -> list[nodes.Node]:
        """Return the commands and what they print."""
        found: list[nodes.Node] = []
        for line in asked.split("\n"):
            code, output = sisim(shlex.split(line.removeprefix("$ sisim")))
            if bool(code) != ("fails" in self.options):
                raise self.error(f"exit code {code}: {line}\n{output}")
            text = self.cut(output)
            found.append(self.block(f"{line}\n{text}" if text else line, "console"))
        return found


class Python(Executed):
    """`{python}`: statements that share their names with those above on the page."""

    def shown(self, asked: str) -> list[nodes.Node]:
        """Return the statements and what they print."""
        names: dict[str, Any] = self.env.temp_data.setdefault("executed", {})
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), _in_language():
            try:
                exec(compile(asked, self.env.docname, "exec"), names)
            except Exception as error:
                raise self.error(traceback.format_exc()) from error
        found: list[nodes.Node] = [self.block(asked, "python")]
        if printed.getvalue():
            found.append(self.block(self.cut(printed.getvalue()), "text"))
        return found


class File(Executed):
    """`{file} NAME`: a file that the commands below read; with `:add:`, added to what is there."""

    required_arguments = 1
    option_spec = {"add": directives.flag, "hidden": directives.flag}

    def shown(self, asked: str) -> list[nodes.Node]:
        """Return the file, and write it."""
        place = Path(self.arguments[0])
        ready = Path(self.env.srcdir) / "tutorials/files" / place
        asked = asked or ready.read_text(encoding="utf-8").rstrip("\n")
        before = place.read_text(encoding="utf-8") + "\n" if "add" in self.options else ""
        place.write_text(before + asked + "\n", encoding="utf-8", newline="\n")
        if "hidden" in self.options:
            return []
        language = place.suffix.removeprefix(".")
        block = self.block(asked, language if language == "toml" else "text")
        caption = nodes.caption("", "", nodes.literal("", place.name))
        return [nodes.container("", caption, block, literal_block=True)]


def sisim(args: list[str]) -> tuple[int, str]:
    """Run the command line in the language of the build: its exit code, what it prints."""
    from sisim.cli import run_line

    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed), _in_language():
        try:
            code = run_line(args)
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 1
    return code, printed.getvalue()


_built: dict[str, Any] = {}


def _in_language() -> contextlib.AbstractContextManager[None]:
    from sisim.i18n import in_language

    return in_language(_built["language"])


@contextlib.contextmanager
def _in_folder(folder: Path):
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = WIDTH
    try:
        with contextlib.chdir(folder):
            yield
    finally:
        if before is None:
            del os.environ["COLUMNS"]


def _begin(app: Sphinx, _config: object) -> None:
    _built["language"] = "sv" if app.config.language == "sv" else "en"


def _empty(app: Sphinx, docname: str, _source: list[str]) -> None:
    shutil.rmtree(
        Path(app.srcdir) / RUNS / (app.config.language or "en") / docname, ignore_errors=True
    )


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directives."""
    logging.getLogger("MESA").setLevel(logging.WARNING)
    app.connect("config-inited", _begin)
    app.connect("source-read", _empty)
    for name, directive in (("run", Run), ("python", Python), ("file", File)):
        app.add_directive(name, directive)
    return {"parallel_read_safe": False, "parallel_write_safe": True}

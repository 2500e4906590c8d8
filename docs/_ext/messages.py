"""Tables that are made from sisim: what it answers when something is wrong, and its measures."""

import ast
from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from sisim.analysis.measures import names
from sisim.i18n import in_language, t
from sisim.loading.load import load_scenario

SOURCE = Path(__file__).parents[2] / "src/sisim"


def told(module: str) -> Iterator[str]:
    """Yield the messages of a module or a folder, once each, in the order of the source."""
    place = SOURCE / module
    files = sorted(place.glob("*.py")) if place.is_dir() else [place.with_suffix(".py")]
    found: dict[str, None] = {}
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                first = node.args[0]
                said = isinstance(first, ast.Constant) and isinstance(first.value, str)
                if said and node.func.id in ("Reason", "t", "PydanticCustomError"):
                    found[first.value] = None
    # A word that stands in a sentence is no message.
    yield from (text for text in found if text.rstrip().endswith((".", "?", "}")) and " " in text)


class Made(SphinxDirective):
    """A part of a page that is made in the language of the build."""

    has_content = False
    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the part; nothing where catalogues are made."""
        if self.env.app.builder.name == "gettext":
            return []
        with in_language("sv" if self.config.language == "sv" else "en"):
            lines = [nodes.list_item("", self.line(text)) for text in self.lines()]
        return [nodes.bullet_list("", *lines)]

    def lines(self) -> list[str]:
        """Return the lines."""
        raise NotImplementedError

    def line(self, text: str) -> nodes.paragraph:
        """Return a line as it is shown."""
        return nodes.paragraph("", text)


class Messages(Made):
    """`{messages} MODULE`: what a part of sisim answers, {name} standing for what is named."""

    def lines(self) -> list[str]:
        """Return the messages."""
        return [t(text) for text in told(self.arguments[0])]


class Measures(Made):
    """`{measures} SCENARIO`: the measures of a scenario but those by year."""

    def lines(self) -> list[str]:
        """Return the names."""
        known = names(load_scenario(self.arguments[0]))
        return [name for name in known if not name.rpartition(".")[2].isdigit()]

    def line(self, text: str) -> nodes.paragraph:
        """Return a name as code."""
        return nodes.paragraph("", "", nodes.literal("", text))


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directives."""
    app.add_directive("messages", Messages)
    app.add_directive("measures", Measures)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

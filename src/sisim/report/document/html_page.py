"""A decision document as one HTML file, which asks for nothing beside itself and prints to A4."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from html import escape
from importlib import resources
from importlib.metadata import version

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from sisim.i18n import t
from sisim.report.document.blocks import (
    Block,
    DecisionDocument,
    DocumentPicture,
    DocumentSection,
    DocumentTable,
    Part,
)
from sisim.report.document.cited_numbers import CitedNumbers, TextPiece
from sisim.report.document.writer_marks import marked

FOLDER = "data/report"
NUMERIC = re.compile(r"[\s\d.,–−+%()/:\u00a0-]+|[^\d]{0,8}[\d\u00a0.,−+]+[^\d]{0,6}(\(.*\))?|–|")
"""A cell of a number, perhaps with its unit and its range."""


def html_page(document: DecisionDocument, cited: CitedNumbers) -> str:
    """Return the document as one file of HTML, in the current language.

    Args:
        document: What it says.
        cited: Where its numbers stand in the workbook.
    """
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=False)
    template = environment.from_string(_file("report.html.jinja"))

    def pieces(text: str, where: str, name: str) -> list[TextPiece]:
        return cited.pieces(text, where, name)

    return (
        template.render(
            document=document,
            parts=[(part, label, own) for part, label in _parts() if (own := _of(document, part))],
            pieces=pieces,
            marked=marked,
            kind_of=_kind,
            right=_right,
            drawn=_drawn(),
            style=Markup(_file("report.css")),
            foot=Markup(_css_text(document.foot)),
            generator=f"sisim {version('sisim')}",
        )
        + "\n"
    )


def _parts() -> tuple[tuple[Part, str], ...]:
    return (
        ("decision", t("For the decision")),
        ("economist", t("For the economist")),
        ("appendix", t("Appendix")),
    )


def _of(document: DecisionDocument, part: Part) -> list[DocumentSection]:
    return [section for section in document.sections if section.part == part]


@cache
def _file(name: str) -> str:
    return resources.files("sisim").joinpath(f"{FOLDER}/{name}").read_text(encoding="utf-8")


def _kind(block: Block) -> str:
    return type(block).__name__


def _css_text(text: str) -> str:
    """Return a text as it may stand in quotation marks in a style: no mark ends it."""
    return re.sub(r"[\\\"<>&\n\r]", " ", text)


def _right(table: DocumentTable, column: int) -> bool:
    """Return whether a column holds numbers."""
    if column == 0 or table.plain:
        return False
    cells = [row[column] for row in table.rows if column < len(row)]
    return bool(cells) and all(NUMERIC.fullmatch(cell) for cell in cells)


def _drawn() -> Callable[[DocumentPicture], Markup]:
    """Return what draws a picture as SVG within the page, each with identities of its own."""
    from sisim.report.chart.canvas import saved

    def draw(picture: DocumentPicture) -> Markup:
        svg = saved(picture.draw(), "svg", 0).decode("utf-8")
        return Markup(inline_svg(svg, picture.name, picture.title, picture.words))

    return draw


def inline_svg(svg: str, name: str, title: str, words: str) -> str:
    """Return a drawing as it stands in a page: no prologue, its own identities, and a description.

    Args:
        svg: The file.
        name: What its identities begin with.
        title: What it shows.
        words: What it says.
    """
    inside = svg[svg.index("<svg") :]
    head, rest = inside.split(">", 1)
    rest = re.sub(r"<metadata>.*?</metadata>", "", rest, flags=re.DOTALL)
    rest = re.sub(r"\n\s*", "\n", re.sub(r"<!--.*?-->", "", rest, flags=re.DOTALL))
    rest = re.sub(r'<g id="[^"]*"', "<g", rest)  # nothing refers to groups
    rest = re.sub(r'\bid="', f'id="{name}-', rest)
    rest = re.sub(r'(xlink:href|href)="#', rf'\1="#{name}-', rest)
    rest = re.sub(r"url\(#", f"url(#{name}-", rest)
    rest = re.sub(r' d="[^"]*"', lambda run: re.sub(r"(\.\d{2})\d+", r"\1", run[0]), rest)
    box = re.search(r'viewBox="[^"]*"', head)
    said = (
        f'<title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-desc">{escape(words)}</desc>'
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'{box[0] if box else ""} role="img" aria-labelledby="{name}-title {name}-desc" '
        f'focusable="false">{said}{rest.strip()}'
    )

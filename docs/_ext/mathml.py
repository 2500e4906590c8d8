"""Formulas as MathML, which browsers set themselves: no script, and nothing to fetch."""

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

WRITTEN = {r"\dots": r"\ldots", r"\bigl": "", r"\bigr": ""}
"""What docutils does not know, and what stands for it."""


def _mathml(node: nodes.Node, as_block: bool) -> str:
    text = node.astext()
    for unknown, known in WRITTEN.items():
        text = text.replace(unknown, known)
    return tex2mathml(text, as_block=as_block)


def _inline(writer: HTML5Translator, node: nodes.math) -> None:
    writer.body.append(_mathml(node, as_block=False))
    raise nodes.SkipNode


def _block(writer: HTML5Translator, node: nodes.math_block) -> None:
    writer.body.append(f'<div class="math">{_mathml(node, as_block=True)}</div>')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the renderer, to be chosen by `html_math_renderer`."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}

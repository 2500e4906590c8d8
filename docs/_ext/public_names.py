"""`{public}`: the public names of sisim, as their docstrings say; English in every language."""

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import sisim


class Public(SphinxDirective):
    """Every name of `sisim.__all__`."""

    def run(self) -> list[nodes.Node]:
        """Return the descriptions; nothing where catalogues are made."""
        if self.env.app.builder.name == "gettext":
            return []
        lines = []
        for name in sisim.__all__:
            kind = "autoclass" if isinstance(getattr(sisim, name), type) else "autofunction"
            lines += [f".. {kind}:: sisim.{name}", ""]
        box = nodes.container(classes=["public-names"])
        box["translatable"] = False
        self.state.nested_parse(StringList(lines, "sisim"), self.content_offset, box)
        return [box]


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive."""
    app.add_directive("public", Public)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""The site: from docs/ and sisim itself to HTML in English and Swedish (see build.py)."""

import sys
from importlib.metadata import version as version_of
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "sisim"
author = "The sisim authors"
project_copyright = author
version = release = version_of("sisim")
language = "en"  # or -D language=sv

extensions = ["myst_parser", "sphinx_design", "commands", "executed", "keys", "mathml"]
extensions += ["cases", "messages", "public_names", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build", "_ext", "locale"]
if tags.has("catalogues"):  # noqa: F821, what is made from sisim has its Swedish there
    exclude_patterns += ["cases/ready/*", "reference/commands/*", "reference/keys/*"]
    suppress_warnings = ["toc.empty_glob", "toc.not_included"]
templates_path = ["_templates"]
nitpicky = True
nitpick_ignore_regex = [("py:.*", ".*")]

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath", "fieldlist"]
myst_heading_anchors = 3

# One catalogue for each page, and nothing in it that changes when no sentence does.
locale_dirs = ["locale"]
gettext_compact = False
gettext_location = False
gettext_uuid = False
figure_language_filename = "{root}.{language}{ext}"

html_theme = "furo"
html_title = "sisim"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_last_updated_fmt = None
html_math_renderer = "mathml"
html_sidebars = {
    "**": [
        "sidebar/brand.html",
        "sidebar/language.html",
        "sidebar/search.html",
        "sidebar/scroll-start.html",
        "sidebar/navigation.html",
        "sidebar/scroll-end.html",
    ]
}
html_theme_options = {
    # The typefaces of the reader's own computer: a page asks nobody for anything.
    "light_css_variables": {"color-brand-primary": "#00527f", "color-brand-content": "#00527f"},
    "dark_css_variables": {"color-brand-primary": "#7cc4f0", "color-brand-content": "#7cc4f0"},
}


def _follow_the_language(_app: object, config: Config) -> None:
    """Search as the language of the build is inflected."""
    config.html_search_language = config.language


def setup(app: Sphinx) -> None:
    """Connect what depends on the language."""
    app.connect("config-inited", _follow_the_language)

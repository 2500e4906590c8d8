"""Apache ECharts (Apache License 2.0), which NiceGUI ships, as a plain script."""

from __future__ import annotations

import re
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

KNOWN = "3.18.0"
"""A version of NiceGUI whose ECharts is where it is looked for."""
LIBRARY = "elements/echart/dist"
"""Where NiceGUI keeps the Apache ECharts that it ships."""


class NoCharts(LookupError):  # noqa: N818 (what is the matter)
    """NiceGUI does not ship Apache ECharts where, or as, it did in the versions that are known."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"no Apache ECharts in {folder}")
        self.folder, self.version = folder, version("nicegui")


def plain_script() -> str:
    """Return it as a plain script that sets `window.echarts`.

    NiceGUI ships it as a module, which a page that is opened as a file cannot load.

    Raises:
        NoCharts: If NiceGUI no longer ships it so.
    """
    found = find_spec("nicegui")  # which would take its time to import
    assert found is not None
    assert found.origin is not None
    folder = Path(found.origin).parent / LIBRARY
    try:
        return _plain(folder)
    except (OSError, ValueError) as error:  # no such file, or another content
        raise NoCharts(folder) from error


def _plain(folder: Path) -> str:
    entry = (folder / "index.js").read_text("utf-8")
    head = re.match(
        r"import\{(?P<names>[^}]*)\}from\"\./(?P<file>[^\"]+)\";export\{(?P<out>[^}]*)\}", entry
    )
    if head is None:
        raise ValueError(entry[:100])
    module = (folder / head["file"]).read_text("utf-8")
    body, _, exported = module.rpartition("export{")
    name = _own_name(head["names"], _own_name(head["out"], "echarts"))
    name = _own_name(exported[: exported.index("}")], name)
    # Nothing is fetched: what the module would load when asked, three dimensions, is not asked for.
    body = re.sub(r'import\("[^"]*"\)', "Promise.reject()", body)
    body = body.replace("</script", "<\\/script")
    return f'(()=>{{"use strict";{body}window.echarts={name};}})();'


def _own_name(listed: str, name: str) -> str:
    """Return what a module itself calls what it lists as `own as name`."""
    names = [part.split(" as ") for part in listed.split(",")]
    return next((own for own, *shown in names if shown == [name]), name)

"""A decision document as PDF, by WeasyPrint (the extra `sisim[pdf]`): tagged, for all to read."""

from __future__ import annotations

import re

VARIANT = "pdf/ua-1"
"""A PDF with its structure in it, so that it can be read aloud."""


def pdf_file(page: str) -> bytes:
    """Return a page of HTML as PDF; nothing is fetched, and the same page gives the same bytes.

    Raises:
        ImportError: If WeasyPrint is not installed.
        OSError: If the system's Pango is missing.
    """
    from weasyprint import HTML

    def refuse(url: str, *_: object, **__: object) -> dict[str, object]:
        if url.startswith("data:"):
            from weasyprint import default_url_fetcher

            found: dict[str, object] = default_url_fetcher(url)
            return found
        raise ValueError(url)

    # A PDF has no use for the cell of a number, and WeasyPrint breaks lines badly between elements.
    plain = re.sub(r"</?data\b[^>]*>", "", page)
    made = HTML(string=plain, url_fetcher=refuse).write_pdf(
        pdf_variant=VARIANT, pdf_identifier=b"sisim"
    )
    return bytes(made)

"""The decision document: its sections as data, and what writes them as HTML, DOCX and PDF."""

"""Views of the live page, one module each."""

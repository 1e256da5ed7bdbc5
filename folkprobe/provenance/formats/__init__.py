"""Formats of figures: what in a file would make programs draw different things, and how it is drawn here."""

from typing import NamedTuple


class Doubtful(Exception):
    """A file that programs may draw differently; the message completes "it ..."."""


class Page(NamedTuple):
    """A drawn page.

    Attributes
    ----------
    size : tuple of float
        What must be equal for two pages to be alike: the size that the file states, in its own unit.
    pixels : PIL.Image.Image
        RGBA.
    """

    size: tuple[float, ...]
    pixels: object


def words(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())

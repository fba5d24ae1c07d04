"""Names as people may have made them, cleaned so that they can be shown beside other text.

A name may be in any script and hold any emoji, but it may not turn the writing direction round,
hide characters, or pile marks until the line above is covered.
"""

import unicodedata
from typing import Final

MAX_LETTERS: Final = 64
"""Characters that are no marks; a family of joined emoji counts each member."""

MAX_MARKS: Final = 4
"""Combining marks on one letter; Vietnamese needs two, polytonic Greek three."""

_JOINERS: Final = frozenset("\u200c\u200d")
"""Zero-width joiners: Persian and Indic names and many emoji are wrong without them."""


def clean_name(name: str, *, max_letters: int = MAX_LETTERS) -> str:
    r"""Return the name in NFC, without controls, with single spaces; may be empty.

    >>> clean_name("  Ana\u202e  Lo\u0308w ")
    'Ana Löw'
    """
    letters = marks = 0
    kept: list[str] = []
    # Twenty times the limit is far more than any name, and bounds the work for a hostile one.
    for character in unicodedata.normalize("NFC", name[: 20 * max_letters]):
        category = unicodedata.category(character)
        if category.startswith("M"):
            marks += 1
            if kept and marks <= MAX_MARKS:
                kept.append(character)
        elif character in _JOINERS:
            kept.append(character)
        elif category.startswith("Z") or character in "\t\n\r":
            marks = 0
            kept.append(" ")
        elif not category.startswith("C"):
            marks = 0
            letters += 1
            if letters > max_letters:
                break
            kept.append(character)
    return " ".join("".join(kept).split()).strip("".join(_JOINERS))

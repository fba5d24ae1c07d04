"""How people are named where their own name may be missing."""

from i18n.catalog import Words

_SHOWN_CHARS = 60
"""A longer name would push the rest of a message off the screen."""


def person_name(name: str, words: Words) -> str:
    """Return the name, cut to 60 characters, or a word for somebody who gave none."""
    if not name:
        return words("Somebody without a name")
    return name if len(name) <= _SHOWN_CHARS else name[: _SHOWN_CHARS - 1] + "…"

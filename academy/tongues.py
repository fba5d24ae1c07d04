"""Which language to speak with somebody of whom only the phone's setting is known."""

from collections.abc import Iterable


def speakable(course_languages: Iterable[str], academy_languages: Iterable[str]) -> tuple[str, ...]:
    """Return every language on offer, the course's first, each once."""
    return tuple(dict.fromkeys((*course_languages, *academy_languages)))


def detect(claimed: str, offered: tuple[str, ...]) -> str:
    """Return the offered language that fits the phone's `language_code` best, else the first one.

    `pt-br` finds `pt-BR`, then `pt`; `sr` finds `sr-Cyrl`.
    """
    wanted = claimed.lower().replace("_", "-")
    for language in offered:
        if language.lower() == wanted:
            return language
    for language in offered:
        if wanted and language.lower().split("-")[0] == wanted.split("-")[0]:
            return language
    return offered[0]

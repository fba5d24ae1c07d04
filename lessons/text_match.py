"""Whether a typed answer is one of the accepted ones: forgiving about form, strict about words.

Everything is linear in what the learner typed; there are no patterns that an author or a learner
could make slow.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

READ_CHARS = 300
"""A typed answer is compared up to here; what is longer is not a short answer."""

_LONG_WORD, _LONGER_WORD = 5, 6
"""Letters from which one, or two, of a word may be wrong: `heat` is not a typo of `hear`, nor `velv` of
`valve`. As in OpenSearch's fuzziness AUTO (docs.opensearch.org, "Fuzziness"), and stricter below five."""

_TYPED_FOR = frozenset({("о", "ө"), ("у", "ү")})
"""Typed, meant: keyboards and phones without a Mongolian layout have no ө and no ү, and people write
о and у for them. The other way round is a mistake: whoever finds the ө key did not mean ус (water)
by үс (hair). Other substitutes (e, v, u) stand for too many letters to be taken for one."""

_EDGES = " \t\n.,;:!?…\"'«»“”„‘’()[]`*_-–—·。、！？"
_DIGITS = re.compile(r"\d+")
_SPACES = re.compile(r"[\s\-‐-―_/]+")
_APOSTROPHES = str.maketrans("’‘ʼ`´", "'''''")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextMatch:
    """An accepted answer that the learner meant."""

    accepted: str
    """As the author wrote it."""
    exact: bool
    """False when letters were forgiven: then the author's spelling is shown."""


def match_text(typed: str, accept: Iterable[str], *, typos: int) -> TextMatch | None:
    """Return the accepted answer that was typed, or None.

    Case, accents, signs at the edges, hyphens and the script of digits do not count, nor do о and у
    typed for ө and ү. Up to `typos` letters in all may be missing, added, wrong or swapped: one in a
    word of five letters, two in a longer one, none in a shorter one or in one with a digit.
    """
    answers = tuple(accept)
    simple = simplified(typed)
    if not simple:
        return None
    for answer in answers:
        if simplified(answer) == simple:
            return TextMatch(accepted=answer, exact=True)
    for answer in answers:
        if _is_same(simple, simplified(answer)):
            return TextMatch(accepted=answer, exact=False)
    for answer in answers:
        if typos and _is_near(simple, simplified(answer), typos=typos):
            return TextMatch(accepted=answer, exact=False)
    return None


def simplified(text: str) -> str:
    """Return what counts in an answer: ` Thermostatic-Välve! ` → `thermostatic valve`.

    Letters lose their case and their accents (also й → и and ё → е, because phones leave them out);
    digits of every script become 0 to 9 (`٣` → `3`).
    """
    shortened = unicodedata.normalize("NFKC", text[: READ_CHARS * 2]).translate(_APOSTROPHES)
    spread = unicodedata.normalize("NFD", shortened.casefold())
    kept = []
    for char in spread:
        if unicodedata.combining(char) or unicodedata.category(char) == "Cf":
            continue
        digit = unicodedata.digit(char, None)
        kept.append(char if digit is None else str(digit))
    return _SPACES.sub(" ", "".join(kept)).strip(_EDGES)[:READ_CHARS]


def _is_same(typed: str, wanted: str) -> bool:
    return len(typed) == len(wanted) and all(map(_stands_for, typed, wanted))


def _stands_for(typed: str, wanted: str) -> bool:
    return typed == wanted or (typed, wanted) in _TYPED_FOR


def _is_near(typed: str, wanted: str, *, typos: int) -> bool:
    """Tell whether the words are the same but for `typos` letters in all."""
    typed_words, wanted_words = typed.split(), wanted.split()
    if len(typed_words) != len(wanted_words):
        # A space too many or too few is a typo as well: "heat pump" and "heatpump", "20°C" and "20 °C".
        # Not between digits, where it makes other numbers of them.
        joined = typed.replace(" ", "")
        long_enough = len(joined) >= _LONG_WORD or any(char.isdigit() for char in joined)
        same_numbers = _DIGITS.findall(typed) == _DIGITS.findall(wanted)
        return long_enough and same_numbers and _is_same(joined, wanted.replace(" ", ""))
    left = typos
    for typed_word, wanted_word in zip(typed_words, wanted_words, strict=True):
        if _is_same(typed_word, wanted_word):
            continue
        if len(wanted_word) < _LONG_WORD or any(char.isdigit() for char in typed_word + wanted_word):
            return False
        most = min(left, 2 if len(wanted_word) >= _LONGER_WORD else 1)
        distance = _distance(typed_word, wanted_word, at_most=most)
        if distance is None:
            return False
        left -= distance
    return True


def _distance(one: str, other: str, *, at_most: int) -> int | None:
    """Return how many letters of `one`, as typed, differ from `other`, or None when more than `at_most` do.

    Optimal string alignment (swapped neighbours count once), kept to a band of `at_most` beside the
    diagonal: linear in the length of the words.
    """
    if abs(len(one) - len(other)) > at_most:
        return None
    far = at_most + 1
    before: dict[int, int] = {}
    row = {column: column for column in range(min(len(other), at_most) + 1)}
    for line, letter in enumerate(one, start=1):
        twice_before, before, row = before, row, {}
        for column in range(max(0, line - at_most), min(len(other), line + at_most) + 1):
            if column == 0:
                row[0] = line
                continue
            cost = 0 if _stands_for(letter, other[column - 1]) else 1
            best = min(
                before.get(column - 1, far) + cost, before.get(column, far) + 1, row.get(column - 1, far) + 1
            )
            if line > 1 and column > 1 and letter == other[column - 2] and one[line - 2] == other[column - 1]:
                best = min(best, twice_before.get(column - 2, far) + 1)
            row[column] = best
    distance = row.get(len(other), far)
    return distance if distance <= at_most else None

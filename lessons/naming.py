"""Ids made of words: what a person would have called it, in small Latin letters.

An id lives as long as the answers recorded under it, so it is made once, from the words there are,
and never again: whoever changes the words keeps the id.
"""

import re
import unicodedata
from collections.abc import Collection

LONGEST = 32
"""Characters; the format allows 60, but an id is also read and typed by people."""
_WORDS_AT_MOST = 4

# Mongolian nearly as in MNS 5217:2012, the other languages of the Cyrillic script by their nearest sound;
# the two signs are left out, because an id is spelt, not spoken.
_LATIN = str.maketrans(
    {
        "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "yo", "ж": "j", "з": "z",
        "и": "i", "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "ө": "u", "п": "p",
        "р": "r", "с": "s", "т": "t", "у": "u", "ү": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch",
        "ш": "sh", "щ": "sh", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
        "ґ": "g", "є": "ye", "і": "i", "ї": "yi", "ў": "u",
        "ђ": "dj", "ј": "j", "љ": "lj", "њ": "nj", "ћ": "c", "џ": "dz", "ѓ": "gj", "ѕ": "dz", "ќ": "kj",
        "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d",
    }
)  # fmt: skip

_ENGLISH = """a about all an and any are as at be been by can could did do does each every for from had has
have he her his how i if in into is it its just many may more most much must my of on one only or our out per
put right she should so such than that the their them then there these they this those to true use uses
usually was we were what when where which who whom whose why will with would you your"""
_MONGOLIAN = """ve be uu yuu yu yum yamar kheden khed khen khaana khezee yaj yaagaad ni ba bol bolon ene ter
tednii tanai ta bid mun bui baina baikh baidag khuvi"""
_STOP_WORDS = frozenset(f"{_ENGLISH} {_MONGOLIAN}".split())
"""Say nothing about what is asked; Mongolian ones transliterated as above."""

_QUESTION = re.compile(r"[^.!?…\n]*\?")
_SENTENCE = re.compile(r"[^.!?…\n]+")


def transliterated(text: str) -> str:
    """Return the text in small letters a to z and digits, with one space between words; may be empty."""
    small = unicodedata.normalize("NFC", text.casefold()).translate(_LATIN)
    bare = "".join(char for char in unicodedata.normalize("NFKD", small) if not unicodedata.combining(char))
    bare = bare.replace("'", "").replace("’", "")
    return " ".join(re.findall(r"[a-z0-9]+", bare))


def id_from_name(name: str, *, otherwise: str) -> str:
    """Return the id of something that has a name: `Усны хэмнэлт` → `usny-khemnelt`.

    `otherwise` is the answer for a name without a letter or digit that could be written in Latin.
    """
    return transliterated(name).replace(" ", "-")[:LONGEST].strip("-") or otherwise


def id_from_question(prompt: str, *, taken: Collection[str]) -> str:
    """Return an id for a question, such as `q-night-loads`, that is not in `taken`.

    The words are those of the asking sentence that mean something, at most four of them, and
    `LONGEST` characters in all. The prompt is plain text, without marks.
    """
    asked = _QUESTION.findall(prompt) or _SENTENCE.findall(prompt) or [prompt]
    words = transliterated(asked[-1] if "?" in asked[-1] else asked[0]).split()
    telling = [word for word in words if word not in _STOP_WORDS] or words
    made = "q"
    for word in telling[:_WORDS_AT_MOST]:
        if len(f"{made}-{word}") > LONGEST:
            break
        made += f"-{word}"
    if made == "q":
        made = f"q-{telling[0]}"[:LONGEST] if telling else "q-question"
    return _free(made, taken=taken)


def _free(wanted: str, *, taken: Collection[str]) -> str:
    if wanted not in taken:
        return wanted
    number = 2
    while True:
        ending = f"-{number}"
        numbered = wanted[: LONGEST - len(ending)].rstrip("-") + ending
        if numbered not in taken:
            return numbered
        number += 1

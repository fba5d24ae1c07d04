"""Addresses a course may lead to: a learner has to be able to read where a link goes.

Only https, no names or passwords before the host, and a host in the letters of one script: that
way no `аpple.com` with a Cyrillic а, no `https://nalas.eu@elsewhere.example`, no bare numbers.
"""

import re
import unicodedata

URL_CHARS_AT_MOST = 2_000
_URL = re.compile(r"https://(?P<host>[^/?#\s]+)(?P<rest>[/?#]\S*)?")
_HOST = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+(?P<top>[^\W\d_]{2,63})(?::\d{1,5})?")


def host_of(url: str) -> str | None:
    """Return the host that learners read, in small letters; None for an address a course may not have.

    >>> host_of("https://www.nalas.eu/what")
    'www.nalas.eu'
    """
    found = _URL.fullmatch(url)
    if found is None or len(url) > URL_CHARS_AT_MOST or not (found["rest"] or "").isprintable():
        return None
    host = found["host"].casefold().rstrip(".")
    shaped = _HOST.fullmatch(host)
    if shaped is None or "xn--" in host or not _is_of_one_script(host):
        return None
    return host.partition(":")[0]


def _is_of_one_script(host: str) -> bool:
    scripts = {unicodedata.name(sign, "?").split()[0] for sign in host if sign.isalpha()}
    # East Asian letters look like none of ours, and their hosts end in Latin ones (UTS 39, 5.2).
    return len(scripts) == 1 or scripts <= {"LATIN", "CJK", "HIRAGANA", "KATAKANA", "HANGUL"}

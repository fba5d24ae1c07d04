"""Mistakes that one line shows to whoever looks at the lines around it.

YAML only says that it cannot go on. Nine times out of ten a space is missing, or there is one too
many; and the words at the start of the line, being keys of a course, say what was meant.
"""

import re

from lessons.problems import Label
from lessons.schema_keys import KEY_NAMES
from lessons.yaml_mistake import Mistake

QUOTES = "put quotes around the text, or start it on the next line after `|`"

LONG_DASHES = "–—•"
"""What word processors make of a dash at the start of a line."""

_TAB = re.compile(r"(?P<before>[ ]*(?:-[ ]+)*-?)\t")
_JOINED_DASH = re.compile(r"^[ ]*(?:-[ ]+)*(?P<dash>-|[–—•][ ]*)(?P<word>[a-z_]+):(?:[ ]|$)")
_JOINED_COLON = re.compile(r"^[ ]*(?:-[ ]+)*(?P<word>[a-z_]+):(?=[^\s:/])")
_KEY_LINE = re.compile(r"^(?P<before>[ ]*(?:-[ ]+)*)(?P<word>[\w-]+):(?:[ ]|$)")
_LINES_LOOKED_AT = 200
"""Above a line that is out of place; a step is rarely longer."""
_COLUMNS_OFF = 3
"""How far from its place a line is still taken to be meant for it."""


def tab(text: str, line: int) -> Mistake | None:
    """Return the mistake of a line that is indented with a tab; None when it is not."""
    found = _TAB.match(text)
    if found is None:
        return None
    return Mistake(
        "E006",
        "a tab at the start of a line",
        line=line,
        column=found.end(),
        label="a tab",
        fix="indent with spaces: two for each step",
        mended=text.replace("\t", " ", 1) if found["before"].endswith("-") else None,
    )


def joined_dash(text: str, line: int) -> Mistake | None:
    """Return the mistake of a dash that lacks its space before a key, as in `-say: …`; else None."""
    found = _JOINED_DASH.match(text)
    if found is None or found["word"] not in KEY_NAMES:
        return None
    at, is_short = found.start("dash"), found["dash"] == "-"
    return Mistake(
        "E017",
        "a dash without a space after it" if is_short else f"`{found['dash'][0]}` is not the dash of a list",
        line=line,
        column=at + 1,
        label="here",
        fix=f"write a {'space after the dash' if is_short else 'short dash and a space'}: "
        f"`- {found['word']}: …`",
        mended=f"{text[:at]}- {text[found.start('word') :]}",
    )


def joined_colon(text: str, line: int) -> Mistake | None:
    """Return the mistake of a colon that lacks its space after a key, as in `title:Heat`; else None."""
    found = _JOINED_COLON.match(text)
    if found is None or found["word"] not in KEY_NAMES:
        return None
    return Mistake(
        "E018",
        "a colon without a space after it",
        line=line,
        column=found.end(),
        label="here",
        fix=f"write a space after the colon: `{found['word']}: …`",
        mended=f"{text[: found.end()]} {text[found.end() :]}",
    )


def misplaced(lines: list[str], line: int, *, known_only: bool) -> Mistake | None:
    """Return the mistake of a key or a dash beside the column it belongs to; None when it may be right.

    With `known_only` the key has to be one of a course's: in the middle of a text any word may come
    before a colon.
    """
    text = lines[line - 1]
    found = _KEY_LINE.match(text)
    if found is None or (known_only and found["word"] not in KEY_NAMES):
        return None
    dash = found["before"].find("-")
    is_item = dash >= 0
    column = (dash if is_item else len(found["before"])) + 1
    above = _columns_above(lines, line, items=is_item)
    if not above or column in above:
        return None
    # Between two columns a key was more likely meant for the inner one.
    wanted = min(above, key=lambda one: (abs(one - column), -one))
    if abs(wanted - column) > _COLUMNS_OFF:
        return None
    word, (beside, beside_line) = "-" if is_item else found["word"], above[wanted]
    return Mistake(
        "E019",
        f"`{word}` is not in line with `{beside}` above it",
        line=line,
        column=column,
        length=len(word),
        label=f"{_spaces(abs(column - wanted))} too {'many' if column > wanted else 'few'}",
        related=(Label(line=beside_line, column=wanted, length=len(beside), text="in line with this"),),
        fix=f"let it start exactly below `{beside}`: {_spaces(wanted - 1)} before it",
        mended=" " * (wanted - 1) + text.lstrip(),
    )


def keyless_list(lines: list[str], line: int, column: int) -> Mistake | None:
    """Return the mistake of a list that follows a text, its own key being left out; else None.

    `column` is that of the colon at which YAML stopped: the first one of the line.
    """
    found = _KEY_LINE.match(lines[line - 1])
    if found is None or "-" not in found["before"] or found["word"] not in KEY_NAMES:
        return None
    if column != found.end("word") + 1:
        return None
    return Mistake(
        "E008",
        "a list that has no `key:` above it",
        line=line,
        column=found["before"].index("-") + 1,
        label="it starts here",
        fix="write the key it belongs to on a line above, for example `lessons:` or `steps:`",
    )


def comment_above(lines: list[str], line: int) -> Mistake | None:
    """Return the mistake of a text that goes on after ` #`, where YAML ended it; else None."""
    number = line - 1
    while number > 0 and not lines[number - 1].strip():
        number -= 1
    text = lines[number - 1] if number > 0 else ""
    at = text.find(" #")
    if at < 0 or not text[:at].strip():
        return None
    return Mistake(
        "E003",
        "the text after ` #` is a comment, and the next line goes on with the text",
        line=number,
        column=at + 2,
        length=len(text) - at - 1,
        label="YAML ends the text here",
        fix=QUOTES,
        mended=text[: at + 1] + "_" + text[at + 2 :],
    )


def _spaces(number: int) -> str:
    return f"{number or 'no'} space{'' if number == 1 else 's'}"


def _columns_above(lines: list[str], line: int, *, items: bool) -> dict[int, tuple[str, int]]:
    """Return column → key (or dash) and line, for each level that is still open above a line."""
    found: dict[int, tuple[str, int]] = {}
    limit = 10_000
    for number in range(line - 1, max(0, line - 1 - _LINES_LOOKED_AT), -1):
        text = lines[number - 1]
        indent = len(text) - len(text.lstrip(" "))
        key = _KEY_LINE.match(text)
        if not text.strip() or text.lstrip().startswith("#") or indent >= limit or key is None:
            continue
        dash = key["before"].find("-")
        if items and dash >= 0:
            found.setdefault(dash + 1, ("-", number))
        elif not items:
            found.setdefault(len(key["before"]) + 1, (key["word"], number))
        limit = indent
        if not limit:
            break
    return found

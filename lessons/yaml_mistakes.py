"""The ways in which ordinary prose breaks in YAML, said in an author's words.

Each mistake knows, where it can, how its line would have to look for reading to go on; no other line
changes, so every later place stays true. What the lines around one show is in `lessons.yaml_lines`.
"""

import re
from typing import Literal, TypeAlias

import yaml

from lessons.nodes import Node
from lessons.problems import Label
from lessons.yaml_lines import (
    LONG_DASHES,
    QUOTES,
    comment_above,
    joined_colon,
    joined_dash,
    keyless_list,
    misplaced,
    tab,
)
from lessons.yaml_mistake import Mistake

_OPENING = re.compile(r"""^(?P<lead>[ ]*(?:-[ ]+)*(?:[\w-]+:[ ]+)?)(?P<sign>\*+|[&!@%`{\[>|"'?-])""")
_READ_AS = {
    "*": "a reference",
    "&": "an anchor",
    "!": "a tag",
    "@": "a reserved sign",
    "%": "a directive",
    "`": "a reserved sign",
    "{": "a list of keys",
    "[": "a list",
    ">": "a folded block",
    "|": "a block",
    '"': "a quotation that ends early",
    "'": "a quotation that ends early",
    "?": "a key",
    "-": "a list",
}

Refused: TypeAlias = Literal[
    "alias", "anchor", "tag", "document", "directive", "depth", "escape", "key", "merge"
]


def place_of(event: yaml.Event) -> tuple[int, int]:
    """Return line and column of an event, 1-based."""
    assert event.start_mark is not None
    return event.start_mark.line + 1, event.start_mark.column + 1


def refused_event(event: yaml.Event, lines: list[str], *, kind: Refused, char: str = "") -> Mistake:
    """Return the mistake of something that YAML knows and courses do not use.

    Often it is prose that happens to look like it: `&` and `*` start texts more often than anchors.
    """
    line, column = place_of(event)
    text = lines[line - 1] if line <= len(lines) else ""
    rest = text[column - 1 :].strip()
    plain = isinstance(event, yaml.ScalarEvent) and not event.style
    match kind:
        case "tag":
            may_be_prose = plain and not rest.startswith(("!!", "!<"))
        case "anchor":
            may_be_prose = plain
        case "alias":
            may_be_prose = " " in rest
        case _:
            may_be_prose = False
    prose = _prose_sign(text, line) if may_be_prose else None
    if prose is not None and prose.column == column:
        return prose
    return _refused(kind, line=line, column=column, char=char)


def refused_node(node: Node, *, kind: Refused) -> Mistake:
    """Return the mistake of a key that courses do not use."""
    return _refused(kind, line=node.line, column=node.column, char="")


def refused_scalar(event: yaml.ScalarEvent, lines: list[str], *, is_key: bool) -> Mistake | None:
    """Return the mistake of a key or a list item that lacks a space, such as `-say:` and `- say:x`."""
    line, _ = place_of(event)
    text = lines[line - 1] if line <= len(lines) else ""
    if is_key:
        return joined_dash(text, line) if event.value.startswith(("-", *LONG_DASHES)) else None
    return joined_colon(text, line) if ":" in event.value else None


def explain(error: yaml.YAMLError, lines: list[str], *, quoted: tuple[int, int, int] | None) -> Mistake:
    """Return what is wrong where the parser stopped; `lines` are the text as it was given to it.

    `quoted` is the last quotation that was read: its first line and column, and its last line.
    """
    mark = getattr(error, "problem_mark", None)
    problem = str(getattr(error, "problem", "") or "")
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    line = min(line, len(lines))
    text = lines[line - 1]
    indented = tab(text, line)
    if indented is not None:
        return indented
    if quoted is not None and quoted[0] < quoted[2] == line:
        return _quotation_over_lines(quoted, lines)
    if problem == "mapping values are not allowed in this context":
        shaped = misplaced(lines, line, known_only=True) or keyless_list(lines, line, column)
        return shaped or _colon(text, line, column)
    context = getattr(error, "context_mark", None)
    unclosed = "quoted scalar" in str(getattr(error, "context", ""))
    if unclosed and context is not None:
        return Mistake(
            "E004",
            "a quotation that is never closed" if "end of stream" in problem else problem,
            line=context.line + 1,
            column=context.column + 1,
            label="it starts here",
            fix="close it with the same sign, or start the text on the next line after `|`",
        )
    if text.startswith("%"):
        return _refused("directive", line=line, column=1, char="")
    if context is not None and problem.endswith(("',' or '}'", "',' or ']'")):
        if context.line + 1 < line:
            return _unclosed(lines[context.line], context.line + 1, context.column + 1)
        if text[column - 1 : column + 1] == ": ":
            return _colon(text, line, column)
    shaped = joined_dash(text, line) or misplaced(lines, line, known_only=True) or _prose_sign(text, line)
    if shaped is not None:
        return shaped
    if "could not find expected ':'" in problem and context is not None:
        joined = joined_colon(lines[context.line], context.line + 1)
        if joined is not None:
            return joined
        return Mistake(
            "E008",
            "a line that has no `key:` and does not go on with the text above",
            line=context.line + 1,
            column=context.column + 1,
            length=len(lines[context.line].strip()),
            label="this line",
            fix="indent it further than the key above, or write a colon and a space after its key",
        )
    above = comment_above(lines, line) or misplaced(lines, line, known_only=False)
    if above is not None:
        return above
    return Mistake(
        "E009",
        f"this is not YAML: {problem or 'the file ends too early'}",
        line=line,
        column=min(column, len(text) + 1),
        label="reading stopped here",
        fix="compare the indent with the lines above: two spaces a step, `key: value`, `- ` before an item",
    )


def _colon(text: str, line: int, column: int) -> Mistake:
    return Mistake(
        "E001",
        "a colon and a space inside unquoted text",
        line=line,
        column=column,
        label="YAML reads this as a new key",
        fix=QUOTES,
        mended=text[: column - 1] + ";" + text[column:],
    )


def _unclosed(text: str, line: int, column: int) -> Mistake:
    sign = text[column - 1]
    return Mistake(
        "E009",
        f"a `{sign}` that is never closed",
        line=line,
        column=column,
        label="it starts here",
        fix=f"close it with `{'}' if sign == '{' else ']'}`, or put quotes around the text",
    )


def _quotation_over_lines(quoted: tuple[int, int, int], lines: list[str]) -> Mistake:
    """Return the mistake of a quotation that was closed lines later, by a sign meant as another one's."""
    line, column, last = quoted
    return Mistake(
        "E004",
        "a quotation that is not closed on its line",
        line=line,
        column=column,
        label="it starts here",
        related=(
            Label(
                line=last,
                column=len(lines[last - 1]) - len(lines[last - 1].lstrip()) + 1,
                length=len(lines[last - 1].strip()),
                text="and ends in this line",
            ),
        ),
        fix="close it with the same sign, or start the text on the next line after `|`",
    )


def _prose_sign(text: str, line: int) -> Mistake | None:
    """Return the mistake of a text that starts with a sign of YAML's, or None when it does not."""
    found = _OPENING.match(text)
    if found is None:
        return None
    lead, sign = found["lead"], found["sign"]
    start = len(lead)
    key = lead.strip().removesuffix(":").removeprefix("- ").strip()
    how = f"write   {'- ' if '- ' in lead else ''}{key}: |   " if key not in {"", "-"} else "write `|` there "
    return Mistake(
        "E002",
        f"text that starts with {_named(sign[0])} needs quotes or a `|` block",
        line=line,
        column=start + 1,
        length=len(sign),
        label=f"YAML reads {_named(sign[0])} as {_READ_AS[sign[0]]}",
        fix=f"{how}and put the text on the next line, indented",
        mended=text[:start] + "_" * len(sign) + text[start + len(sign) :],
    )


def _named(sign: str) -> str:
    return "a backtick" if sign == "`" else f"`{sign}`"


def _refused(kind: Refused, *, line: int, column: int, char: str) -> Mistake:
    match kind:
        case "alias" | "anchor":
            message, label = "anchors and aliases are not used in courses", "an anchor or an alias"
            fix = "write the text again where it is needed"
        case "tag":
            message, label, fix = (
                "tags are not used in courses",
                "a tag",
                "remove it: what a value is, its key says",
            )
        case "merge":
            message, label, fix = "merge keys are not used in courses", "a merge key", "write the keys out"
        case "document":
            message, label, fix = "a second document in one file", "it starts here", "make a file of it"
        case "directive":
            message, label, fix = "YAML directives are not used in courses", "a directive", "remove the line"
        case "depth":
            message, label, fix = (
                "more than 20 levels of nesting",
                "level 21",
                "write it flatter; a course needs 6",
            )
        case "key":
            message, label, fix = (
                "a key is a word, not a list",
                "not a word",
                "put quotes around it if it is text",
            )
        case "escape":
            message = f"the character U+{ord(char):04X} is not allowed in a course"
            label, fix = "written as an escape in here", "remove it from the text"
    code = {"depth": "E013", "escape": "E010"}.get(kind, "E007")
    return Mistake(code, message, line=line, column=column, label=label, fix=fix)

"""Open questions and surveys, from nodes: what a person reads, and what nobody marks.

Nothing in a survey is right or wrong, so whatever would make it so is a mistake told in those words
and not as an unknown key.
"""

import re
from collections.abc import Sequence as AnySequence
from typing import Final, TypedDict

from lessons.convert import Fields, first_use, scalar_text, shortened
from lessons.nodes import Mapping, Node, Scalar
from lessons.steps import AnySurvey, Open, Poll, Rate, Reflect, RubricLevel

UNMARKED_KEYS: Final = ("points", "tries", "explain", "hint", "answer", "review")
"""Keys of questions that a survey cannot have, and that people try."""

# With the unmarked keys: they are told as what they are, and not as unknown.
_ASKED: Final = frozenset({"id", "image", "alt", "note", *UNMARKED_KEYS})
KEYS: Final = {
    "open": (_ASKED - {"answer"}) | {"open", "model_answer", "rubric", "reply_within", "voice", "hide_name"},
    "poll": _ASKED | {"poll", "options", "anonymous"},
    "rate": _ASKED | {"rate", "from", "to"},
    "reflect": _ASKED | {"reflect"},
}
"""Kind → the keys that are not reported as unknown in it."""

OPTIONS_LEAST: Final = 2
OPTIONS_MOST: Final = 10
RUBRIC_LEVELS_MOST: Final = 6
"""With "none of it" they are seven buttons, which a phone shows without scrolling."""
SCALE_STEPS_MOST: Final = 10
REPLY_WORKDAYS_MOST: Final = 10
_REPLY_WORKDAYS: Final = 2
_SCALE: Final = (1, 5)

_WORKDAYS: Final = re.compile(r"(\d{1,3})(?:\s+(?:work(?:ing)?\s?)?days?)?", re.ASCII)
_END: Final = re.compile(r"([+-]?\d{1,4})(?:\s*\((.*)\))?\s*", re.ASCII | re.DOTALL)


class Asked(TypedDict):
    """What every question is read with; a survey leaves out what is about marks."""

    id: str
    prompt: str
    hints: tuple[str, ...]
    explain: str
    points: int
    tries: int
    image: str | None
    alt: str


class _Survey(TypedDict):
    id: str
    prompt: str
    image: str | None
    alt: str


def read(kind: str, fields: Fields, *, asked: Asked) -> Open | AnySurvey | None:
    """Return the step, or None after reporting why it is none."""
    if kind == "open":
        return _open(fields, asked)
    for key in UNMARKED_KEYS:
        if fields.has(key):
            instead = ", or write `choose`" if kind == "poll" else ""
            fields.source.report(
                "E182",
                f"`{kind}` has no `{key}`: nothing in it is right or wrong",
                at=fields.key(key),
                fix=f"remove `{key}`{instead}",
            )
    survey = _Survey(id=asked["id"], prompt=asked["prompt"], image=asked["image"], alt=asked["alt"])
    match kind:
        case "poll":
            return _poll(fields, survey)
        case "rate":
            return _rate(fields, survey)
        case _:
            return Reflect(**survey)


def _open(fields: Fields, asked: Asked) -> Open:
    if fields.has("tries"):
        fields.source.report(
            "E182",
            "`open` has one try: the answer can be changed until it is graded",
            at=fields.key("tries"),
            fix="remove `tries`",
        )
    if fields.yes_no("review", default=False):
        fields.source.report(
            "E182",
            "`open` is not asked again: a person reads each answer",
            at=fields.key("review"),
            fix="remove `review`",
        )
    return Open(
        id=asked["id"],
        prompt=asked["prompt"],
        hints=asked["hints"],
        explain=asked["explain"],
        points=asked["points"],
        tries=1,
        image=asked["image"],
        alt=asked["alt"],
        model_answer=fields.text("model_answer"),
        rubric=_rubric(fields, points=asked["points"]),
        reply_within=_reply_within(fields),
        voice=fields.yes_no("voice", default=True),
        hide_name=fields.yes_no("hide_name", default=True),
    )


def _poll(fields: Fields, asked: _Survey) -> Poll | None:
    if not fields.has("options"):
        fields.missing("options", fix="add `options:` with 2 to 10 texts, each after `- `")
        return None
    nodes = fields.items("options")
    read = [_opinion(fields, node) for node in nodes]
    options = tuple(option for option in read if option)
    if len(options) < len(nodes) or not nodes:
        # Something was refused already; counting the rest would tell the same mistake again.
        if not nodes and not isinstance(fields.node.get("options"), Scalar | Mapping):
            _report_count(fields, 0)
        return None
    if not OPTIONS_LEAST <= len(options) <= OPTIONS_MOST:
        _report_count(fields, len(options))
    _refuse_equal(fields, nodes, options)
    return Poll(**asked, options=options, anonymous=fields.yes_no("anonymous", default=True))


def _rate(fields: Fields, asked: _Survey) -> Rate | None:
    low, low_text = _end(fields, "from", default=_SCALE[0])
    high, high_text = _end(fields, "to", default=_SCALE[1])
    if low is None or high is None:
        return None
    if not low < high <= low + SCALE_STEPS_MOST:
        fields.source.report(
            "E188",
            f"a scale from {low} to {high}; the ends can be 1 to {SCALE_STEPS_MOST} steps apart",
            at=fields.key("from") if fields.has("from") else fields.key("to"),
            fix="write `from: 1` and `to: 5`",
        )
        return None
    return Rate(**asked, low=low, high=high, low_text=low_text, high_text=high_text)


def _rubric(fields: Fields, *, points: int) -> tuple[RubricLevel, ...]:
    node = fields.node.get("rubric")
    if node is None:
        return ()
    if not isinstance(node, Mapping):
        fields.wrong_shape(
            "rubric",
            "points and what they are for",
            fix="write `rubric: {1: names a place, 2: and says why}`",
        )
        return ()
    levels: list[RubricLevel] = []
    for name, key in node.keys.items():
        at_points = int(name) if name.strip().isdecimal() and len(name.strip()) <= 4 else None
        if at_points is None or at_points > points:
            told = f"`{shortened(name)}`" if at_points is None else f"{at_points} points"
            fields.source.report(
                "E180",
                f"a level of the rubric at {told}; this question has {points}",
                at=key,
                fix=f"write whole points from 0 to {points} before the colon, or change `points`",
            )
            continue
        if levels and at_points <= levels[-1].points:
            fields.source.report(
                "E181",
                "the levels of a rubric ascend",
                at=key,
                fix="write them from the fewest points to the most",
            )
            continue
        text = scalar_text(
            fields.source, node.values[name], name=name, key=key, required="write what earns these points"
        )
        levels.append(RubricLevel(points=at_points, text=text or ""))
    if len(node.keys) > RUBRIC_LEVELS_MOST:
        fields.source.report(
            "E183",
            f"a rubric of {len(node.keys)} levels; there can be {RUBRIC_LEVELS_MOST}",
            at=fields.key("rubric"),
            fix="keep those that somebody can tell apart",
        )
    return tuple(levels)


def _reply_within(fields: Fields) -> int:
    node = fields.node.get("reply_within")
    if node is None:
        return _REPLY_WORKDAYS
    found = _WORKDAYS.fullmatch(node.value.strip()) if isinstance(node, Scalar) else None
    days = int(found[1]) if found else 0
    if not 1 <= days <= REPLY_WORKDAYS_MOST:
        fields.source.report(
            "E184",
            f"`reply_within` needs 1 to {REPLY_WORKDAYS_MOST} workdays",
            at=node,
            fix="write it like `reply_within: 2 workdays`",
        )
        return _REPLY_WORKDAYS
    return days


def _opinion(fields: Fields, node: Node) -> str:
    marks = [key for key in ("right", "wrong") if isinstance(node, Mapping) and key in node.keys]
    if marks and isinstance(node, Mapping):
        fields.source.report(
            "E185",
            f"an option of a poll that is `{marks[0]}`: opinions are not",
            at=node.keys[marks[0]],
            fix="write the option alone, after `- `; with right and wrong ones it is a `choose`",
        )
        return ""
    return (
        scalar_text(fields.source, node, name="options", key=node, required="write what can be chosen") or ""
    )


def _report_count(fields: Fields, count: int) -> None:
    fields.source.report(
        "E186",
        f"`poll` needs {OPTIONS_LEAST} to {OPTIONS_MOST} options; this one has {count}",
        at=fields.key("poll"),
        fix="three to five are best: every one of them has to be read",
    )


def _refuse_equal(fields: Fields, nodes: AnySequence[Node], options: tuple[str, ...]) -> None:
    seen: dict[str, Node] = {}
    for option, node in zip(options, nodes, strict=True):
        earlier = seen.setdefault(option.casefold(), node)
        if earlier is not node:
            fields.source.report(
                "E143",
                "two options say the same",
                at=node,
                label="again",
                fix="change or remove one of them",
                related=first_use(earlier, length=fields.source.length_of(earlier), text="first here"),
            )


def _end(fields: Fields, key: str, *, default: int) -> tuple[int | None, str]:
    """Return one end of a scale and what it means: `1 (not sure)`; None after reporting."""
    if not fields.has(key):
        return default, ""
    node = fields.node.values[key]
    found = _END.fullmatch(node.value.strip()) if isinstance(node, Scalar) else None
    if found is None:
        fields.source.report(
            "E187",
            f"`{key}` needs a whole number, and what it means in brackets",
            at=node,
            fix="write it like `from: 1 (not sure)`"
            if key == "from"
            else "write it like `to: 5 (very sure)`",
        )
        return None, ""
    return int(found[1]), (found[2] or "").strip()

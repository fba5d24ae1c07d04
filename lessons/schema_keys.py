"""Every key of the course format, what it takes and what it is for, in one table.

Editors read it as JSON Schema (`lessons.schema`). A test compares it with the keys the reader
knows, so that an editor never underlines what `dusal course check` accepts, or the other way round.
"""

from typing import Any, TypeAlias

Shape: TypeAlias = dict[str, Any]
"""A fragment of JSON Schema (2020-12), whose values are JSON of any kind."""
Keys: TypeAlias = dict[str, tuple[Shape, str]]
"""Key → what it takes, and what it is for: one sentence, shown by editors."""

# Editors read YAML 1.2, where `title: 2026` is a number; for a course it is a text all the same.
TEXT: Shape = {"type": ["string", "number", "boolean", "null"]}
TEXTS: Shape = {"anyOf": [TEXT, {"type": "array", "items": TEXT}]}
ID: Shape = {"type": ["string", "number"], "pattern": "^[a-z0-9]([a-z0-9_-]{0,58}[a-z0-9])?$"}
IDS: Shape = {"anyOf": [ID, {"type": "array", "items": ID}]}
_YES_NO_WORDS = ("yes", "no", "on", "off", "true", "false")
YES_NO: Shape = {
    "type": ["boolean", "string"],
    "pattern": f"^({'|'.join(w for word in _YES_NO_WORDS for w in (word, word.title(), word.upper()))})$",
}
NUMBER: Shape = {"type": ["number", "string"], "pattern": r"^[+-]?(\d{1,15}(\.\d{1,9})?|\.\d{1,9})$"}
PERCENT: Shape = {
    "anyOf": [
        {"type": "integer", "minimum": 0, "maximum": 100},
        {"type": "string", "pattern": r"^(\d\d?|100)(\.0+)? *%?$"},
    ]
}
TIME: Shape = {"type": "string", "pattern": "^([01]?[0-9]|2[0-3]):[0-5][0-9]$"}
FREE: Shape = {}
"""Known and not looked at."""


def whole(least: int, most: int) -> Shape:
    """Return a whole number from `least` to `most`, both included; in quotes it may be any."""
    return {
        "type": ["integer", "string"],
        "minimum": least,
        "maximum": most,
        "pattern": r"^\s*[+-]?[0-9]{1,9}\s*$",
    }


def a(name: str) -> Shape:
    """Return something with the keys of that name in `KEYS`."""
    return {"$ref": f"#/$defs/{name}"}


def list_of(shape: Shape) -> Shape:
    """Return a list."""
    return {"type": "array", "items": shape}


_NOTE: tuple[Shape, str] = (TEXT, "For authors only; nobody else sees it.")
_ALT: tuple[Shape, str] = (TEXT, "What the picture, film or file shows, for those who do not see it.")
_PICTURE: Keys = {
    "image": (TEXT, "A picture in the course folder, such as `media/hall.png`: png, jpg or webp."),
    "alt": _ALT,
}
_CARD: Keys = {
    "id": (ID, "Unique in the course; left out, it is made from the lesson's id."),
    "note": _NOTE,
}
_SURVEY: Keys = {**_CARD, **_PICTURE}
_QUESTION: Keys = {
    "id": (ID, "Unique in the course. Answers are kept under it: it must not change once learners answered."),
    "hint": (TEXTS, "Shown on demand, one after the other; one text or a list."),
    "explain": (TEXT, "Shown with the answer, whatever was chosen."),
    "points": (whole(1, 100), "What the question counts; 1 when left out."),
    "tries": (whole(1, 5), "How many answers count before the right one is shown."),
    "review": (YES_NO, "Whether the question comes again some days later; as the course says when left out."),
    **_PICTURE,
    "note": _NOTE,
}
_OPTIONS: Keys = {
    "options": (list_of(a("option")), "2 to 10 options, each `right:` or `wrong:`, with `why:` below it."),
    "shuffle": (YES_NO, "Whether the options change places for each learner; yes when left out."),
    "keep_last": (YES_NO, "The last option stays last, as “None of these” should."),
}
_WHY: tuple[Shape, str] = (TEXT, "Shown to those who were wrong.")
_UNDER: tuple[Shape, str] = (TEXT, "The text under it.")
_TRANSCRIPT: tuple[Shape, str] = (TEXT, "Everything that is said, for those who cannot listen now.")

COURSE: Keys = {
    "format": (whole(1, 1), "The version of this format: 1."),
    "id": (ID, "A short name that never changes: small Latin letters, digits and `-`."),
    "title": (TEXT, "What learners see as the name of the course."),
    "summary": (TEXT, "One or two sentences: for whom it is, and what they get from it."),
    "language": (TEXT, "The language of the texts, such as `en`, `mn` or `pt-BR`."),
    "translations": (list_of(TEXT), "Languages there are translation files for, such as `[mn, ro]`."),
    "version": (TEXT, "The version of the content, such as `1.0.0`; raise it whenever you publish."),
    "licence": (TEXT, "What others may do with the course, such as `CC-BY-4.0`."),
    "authors": (TEXTS, "Who wrote it; one name or a list."),
    "pace": (a("pace"), "How often lessons come, unless the group says otherwise."),
    "pass": (PERCENT, "Final score needed to pass; 70% when left out."),
    "tries": (whole(1, 5), "Tries of a question that does not say it; 2 when left out."),
    "review": (YES_NO, "Whether questions come again some days after their lesson; no when left out."),
    "certificate": (FREE, "The rule of the certificate; for a later version."),
    "facilitator": (a("facilitator"), "What those who lead a group should know."),
    "lessons": (
        {"type": "array", "items": {"anyOf": [ID, a("lesson")]}},
        "The lessons, or the ids of lesson files in their order.",
    ),
    "announcements": (list_of(a("announcement")), "Messages that travel with the course, as drafts."),
    "localise": (FREE, "What another academy has to adapt: prices, phone numbers, laws."),
    "source": (FREE, "Where the course comes from."),
    "history": (FREE, "What happened to the course when it moved between academies."),
}
LESSON: Keys = {
    "id": (ID, "A short name that never changes."),
    "title": (TEXT, "What learners see as its name."),
    "minutes": (whole(1, 60), "How long it takes; up to 6 is best, 4 when left out."),
    "goal": (TEXT, "What learners can do afterwards."),
    "steps": (list_of(a("step")), "What learners meet, in this order: cards, questions, surveys."),
    "test": (
        {"anyOf": [YES_NO, a("test")]},
        "`yes`, or the rules of a final test; its questions are a pool from which each learner gets some.",
    ),
    "pass": (FREE, "For a later version; the pass mark of a test is `pass` under `test:`."),
    "needs": (IDS, "Ids of earlier lessons that must be finished first."),
    "opens": (FREE, "For a later version."),
    "facilitator": (a("facilitator"), "What those who lead a group should know."),
    "localise": (FREE, "What another academy has to adapt."),
}
STEPS: dict[str, Keys] = {
    "choose": {"choose": (TEXT, "A question with exactly one right option."), **_QUESTION, **_OPTIONS},
    "choose_all": {"choose_all": (TEXT, "A question with several right options."), **_QUESTION, **_OPTIONS},
    "true_false": {
        "true_false": (TEXT, "A statement that is true or false."),
        **_QUESTION,
        "answer": (YES_NO, "Whether the statement is true."),
        "why": _WHY,
    },
    "number": {
        "number": (TEXT, "A question answered with a number."),
        **_QUESTION,
        "answer": (NUMBER, "The right number, written with a point: `0.5`."),
        "between": ({**list_of(NUMBER), "minItems": 2, "maxItems": 2}, "Two ends, both right: `[140, 160]`."),
        "tolerance": (TEXT, "How far off is still right: `0.5`, or `2%` of the answer."),
        "unit": (TEXT, "The unit of the answer, such as `kWh`."),
        "close": (list_of(a("close")), "Wrong numbers that learners often give, and what to tell them."),
    },
    "text": {
        "text": (TEXT, "A question answered with a word or a short phrase."),
        **_QUESTION,
        "accept": (TEXTS, "Right answers, words and never patterns; the first is shown."),
        "reject": (list_of(a("reject")), "Wrong answers that learners often type, and what to tell them."),
        "typos": (whole(0, 2), "Letters that may be wrong in a long word; 1 when left out."),
    },
    "order": {
        "order": (TEXT, "A question answered by putting things in order."),
        **_QUESTION,
        "items": (list_of(TEXT), "2 to 8 things in the right order; learners get them mixed."),
        "why": _WHY,
    },
    "match": {
        "match": (TEXT, "A question answered by putting together what belongs together."),
        **_QUESTION,
        "pairs": (
            {"anyOf": [{"type": "object", "additionalProperties": TEXT}, list_of(a("pair"))]},
            "2 to 5 pairs, such as `Office: 20 °C`.",
        ),
        "why": _WHY,
    },
    "open": {
        "open": (TEXT, "A question answered in the learner's own words, and graded by a person."),
        **{key: told for key, told in _QUESTION.items() if key != "tries"},
        "model_answer": (TEXT, "Shown right after the learner's own answer, to compare."),
        "rubric": (
            {"type": "object", "additionalProperties": TEXT},
            "Points → what an answer needs for them.",
        ),
        "reply_within": (TEXT, "Until somebody answers: `2 workdays`."),
        "voice": (YES_NO, "Whether a voice note is an answer too; yes when left out."),
        "hide_name": (YES_NO, "Whether whoever grades sees the answer first; yes when left out."),
    },
    "poll": {
        "poll": (TEXT, "A question about opinions; nothing in it is right or wrong."),
        **_SURVEY,
        "options": (list_of(TEXT), "2 to 10 opinions."),
        "anonymous": (YES_NO, "Facilitators see how many chose what, and not who; yes when left out."),
    },
    "rate": {
        "rate": (TEXT, "A question answered with a number on a scale."),
        **_SURVEY,
        "from": (TEXT, "The lowest number and what it means: `1 (not sure)`."),
        "to": (TEXT, "The highest number and what it means: `5 (very sure)`."),
    },
    "reflect": {"reflect": (TEXT, "A moment to think; what is written stays private."), **_SURVEY},
    "variants": {
        "variants": (list_of(a("step")), "In a test: questions of which each learner gets one."),
        "note": _NOTE,
    },
    "audio": {
        "audio": (TEXT, "A recording in the course folder, such as `media/hello.mp3`."),
        "transcript": _TRANSCRIPT,
        "say": _UNDER,
        "caption": _UNDER,
        **_CARD,
    },
    "video": {
        "video": (TEXT, "A short film in the course folder, such as `media/valve.mp4`."),
        "alt": _ALT,
        "transcript": _TRANSCRIPT,
        "say": _UNDER,
        "caption": _UNDER,
        **_CARD,
    },
    "file": {
        "file": (TEXT, "A file to keep, such as `media/checklist.pdf`."),
        "alt": _ALT,
        "say": _UNDER,
        "caption": _UNDER,
        **_CARD,
    },
    "more": {
        "more": (TEXT, "What is folded up until somebody wants to know more."),
        "say": (TEXT, "What everybody reads."),
        **_CARD,
    },
    "link": {
        "link": (TEXT, "A page elsewhere, starting with `https://`."),
        "say": (TEXT, "What is found there, and why to look."),
        "label": (TEXT, "On the button: where it leads."),
        **_CARD,
    },
    "image": {**_PICTURE, "say": _UNDER, "caption": _UNDER, **_CARD},
    "say": {"say": (TEXT, "A card of text."), **_CARD},
}
"""Kind → its keys, in the order in which the reader looks for the kind: `say` is a text under others."""
OTHERS: dict[str, Keys] = {
    "option": {
        "right": (TEXT, "An option that is right."),
        "wrong": (TEXT, "An option that is wrong."),
        "why": (TEXT, "Shown to those who chose it: why it is right, or wrong."),
    },
    "close": {"when": (NUMBER, "The number it is about."), "why": (TEXT, "Why it is not right.")},
    "reject": {"when": (TEXT, "The answer it is about."), "why": (TEXT, "Why it is not right.")},
    "pace": {
        "days": (TEXTS, "`workdays`, `daily`, or a list such as `[mon, wed, fri]`."),
        "at": (TIME, "When lessons come where the learner lives, such as `09:00`."),
        "zone": (TEXT, "`learner`; fixed zones are for a later version."),
        "catch_up": ({"enum": ["one_at_a_time", "all"]}, "What those get who missed lessons."),
        "ahead": (YES_NO, "Whether learners may take the next lesson early."),
        "holidays": (FREE, "For a later version."),
    },
    "facilitator": {
        "notes": (TEXT, "What to prepare."),
        "watch_for": (TEXT, "What learners often get wrong."),
        "weekly_minutes": (TEXT, "How much time leading a group takes."),
    },
    "pair": {"left": (TEXT, "One of the two."), "right": (TEXT, "What belongs to it.")},
    "test": {
        "draw": (whole(1, 1000), "Questions each learner gets; all of the pool when left out."),
        "pass": (PERCENT, "Share of the points needed; that of the course when left out."),
        "tries": (whole(1, 5), "How often it may be taken."),
        "retake": (TEXT, "Learning days until it may be taken again: `1 day`."),
    },
    "announcement": {
        "id": (ID, "A short name that never changes."),
        "when": ({"anyOf": [{"enum": ["start", "end"]}, a("when")]}, "The moment of the course it is for."),
        "to": ({"enum": ["everybody"]}, "For whom it is."),
        "say": (TEXT, "What the announcement says."),
        **_PICTURE,
        "auto": (YES_NO, "Whether it may go out alone where the group allows that; no when left out."),
    },
    "when": {
        "after_lesson": (ID, "The lesson after which it comes."),
        "before_lesson": (ID, "The lesson before which it comes."),
        "days": (whole(0, 365), "Days before the lesson."),
        "day": (whole(1, 365), "The day of the course, 1 being the first."),
        "at": (TIME, "At what time, such as `09:00`."),
    },
}
REQUIRED: dict[str, tuple[str, ...]] = {
    "course": ("format", "id", "title", "language", "version"),
    "lesson": ("id", "title", "steps"),
    "choose": ("options",),
    "choose_all": ("options",),
    "true_false": ("answer",),
    "text": ("accept",),
    "order": ("items",),
    "match": ("pairs",),
    "poll": ("options",),
    "image": ("alt",),
    "audio": ("transcript",),
    "video": ("alt",),
    "file": ("alt",),
    "link": ("say",),
    "announcement": ("id", "when", "say"),
    "close": ("when", "why"),
    "reject": ("when", "why"),
}
"""What the reader reports as missing; the key that names a step's kind is needed anyway."""

KEY_NAMES = frozenset().union(COURSE, LESSON, *STEPS.values(), *OTHERS.values())
"""Every word that is a key somewhere in a course."""

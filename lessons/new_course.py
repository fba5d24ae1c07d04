"""A course to begin with: two lessons that can be taught as they are, and be written over.

The lessons lie in `lessons/template` as files that a person can read and try; here they only get
their name, their first line for editors, and their place in one file or several.
"""

import json
import re
from importlib.resources import files
from importlib.resources.abc import Traversable
from string import Template

from lessons.schema import SchemaKind, file_name, first_line, schema_text

TEMPLATE_LANGUAGES = ("en", "mn")
"""In which the sample lessons are written; every other language gets the first."""

_LESSONS = ("01-one-cup.yaml", "02-boil-once.yaml")
_PICTURE = "media/kettle.png"
_PLAIN = re.compile(r"[^\W\d_][\w ,.()-]*[\w)]")
_KEY = re.compile(r"[a-z]")


def new_course(*, course_id: str, title: str, language: str, one_file: bool) -> dict[str, bytes]:
    """Return the files of a new course by name, with `/` between folder and name.

    With `one_file` the lessons stand in `course.yaml`. `language` is a language tag; the texts are
    in it if they can be (`TEMPLATE_LANGUAGES`).
    """
    template = files("lessons") / "template"
    texts = template / (language if language in TEMPLATE_LANGUAGES else TEMPLATE_LANGUAGES[0])
    course = Template(_text(texts / "course.yaml")).substitute(
        id=course_id, title=_scalar(title), language=language
    )
    lessons = {name: _text(texts / name) for name in _LESSONS}
    schemas: tuple[SchemaKind, ...] = ("course",) if one_file else ("course", "lesson")
    written = {file_name(kind): schema_text(kind) for kind in schemas}
    if one_file:
        listed = "\n".join(_as_item(text) for text in lessons.values())
        written["course.yaml"] = f"{first_line('course')}\n{course}\nlessons:\n{listed}"
    else:
        written["course.yaml"] = f"{first_line('course')}\n{course}"
        written |= {name: f"{first_line('lesson')}\n{text}" for name, text in lessons.items()}
    return {
        **{name: text.encode() for name, text in written.items()},
        _PICTURE: (template / _PICTURE).read_bytes(),
    }


def _text(file: Traversable) -> str:
    return file.read_text(encoding="utf-8")


def _scalar(text: str) -> str:
    """Return a text as it stands after a key in YAML."""
    line = " ".join(text.split())
    # JSON's quotes and escapes are YAML's too.
    return line if _PLAIN.fullmatch(line) else json.dumps(line, ensure_ascii=False)


def _as_item(lesson: str) -> str:
    """Return a lesson file as an item of the list `lessons:`, comments included."""
    lines = []
    begun = False
    for line in lesson.splitlines():
        if not begun and _KEY.match(line):
            begun = True
            lines.append(f"  - {line}")
        elif line:
            lines.append(f"    {line}" if begun else f"  {line}")
        else:
            lines.append("")
    return "\n".join(lines) + "\n"

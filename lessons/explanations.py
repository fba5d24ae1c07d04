"""A page for each code of a problem: what it means, an example, the same mended, and why it matters.

The pages are the Markdown files of `lessons/explained`, one for each code. A test reads every example:
the wrong one has to give exactly that code, and the mended one nothing at all.
"""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files

_PAGE = re.compile(
    r"# (?P<title>[^\n]+)\n\n(?P<why>.*?)\n(?:\n## Wrong\n(?P<wrong>.*)\n## Right\n(?P<right>.*))?\Z",
    re.DOTALL,
)
_FILE = re.compile(r"```yaml ?(?P<name>[^\n]*)\n(?P<text>.*?)```\n", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Files of a course, or the part of one that matters."""

    files: tuple[tuple[str, str], ...]
    """Name and text of each; the name is empty for a part of some file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What there is to say about one code."""

    code: str
    title: str
    """What is wrong, in a few words: the row in docs/course-format.md."""
    why: str
    """A paragraph or two of Markdown."""
    wrong: Example | None
    """None where a few lines cannot show it, such as a file that is too large."""
    right: Example | None


def explanation(code: str) -> Explanation:
    """Return the page for `code`; KeyError when there is none."""
    if code not in codes():
        raise KeyError(code)
    text = (files("lessons") / "explained" / f"{code}.md").read_text(encoding="utf-8")
    page = _PAGE.fullmatch(text)
    if page is None:
        raise ValueError(f"the page of {code} has another form")
    return Explanation(
        code=code,
        title=page["title"],
        why=page["why"].strip(),
        wrong=_example(page["wrong"]),
        right=_example(page["right"]),
    )


@cache
def codes() -> tuple[str, ...]:
    """Return every code that has a page: errors first, each kind in the order of its numbers."""
    names = (page.name for page in (files("lessons") / "explained").iterdir())
    return tuple(sorted(name.removesuffix(".md") for name in names if name.endswith(".md")))


def nearest_codes(word: str) -> tuple[str, ...]:
    """Return up to three codes that look like `word`, the most alike first; empty when none does."""
    wanted = word.upper()
    begun = [code for code in codes() if wanted and code.startswith(wanted)]
    alike = get_close_matches(wanted, codes(), n=3, cutoff=0.5)
    return tuple(dict.fromkeys((*begun, *alike)))[:3]


def page_text(explained: Explanation) -> str:
    """Return the page as it is printed on a terminal, without a newline at its end."""
    severity = "warning" if explained.code.startswith("W") else "error"
    parts = [f"{severity}[{explained.code}]: {explained.title}", explained.why]
    for head, example in (("Wrong:", explained.wrong), ("Right:", explained.right)):
        if example is None:
            continue
        parts.append(head)
        for name, text in example.files:
            shown = "\n".join(f"    {line}".rstrip() for line in text.rstrip("\n").split("\n"))
            parts.append(f"  {name}\n{shown}" if name else shown)
    return "\n\n".join(parts)


def _example(text: str | None) -> Example | None:
    found = () if text is None else tuple((one["name"], one["text"]) for one in _FILE.finditer(text))
    return Example(files=found) if found else None

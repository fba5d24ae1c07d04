"""Changes to a course file, from a slip of the finger to malice: lines, words, indents, bytes."""

import zipfile
from collections.abc import Callable, Sequence
from io import BytesIO
from random import Random
from typing import TypeAlias

from lessons.schema_keys import KEY_NAMES

Mutation: TypeAlias = Callable[[list[bytes], Random], list[bytes]]

LINES_AT_MOST = 3_000
CHANGES_AT_MOST = 4
_KEYS = sorted(KEY_NAMES)
_WORDS = (
    "*bold*", "**", "&a", "*a", "<<", "!!str", "!x", "@", "%", "`code`", "{name}", "{", "}", "[", "]", "[]",
    "{}", "|", ">", "|-", "|9", "'", '"', "''", '""', "''''", "\\", '"\\ud800"', '"\\x00"', '"\\u202e"',
    "#", " #", "# so", ":", ": ", "a: b", "- ", "-", "--- ", "...", "%YAML 9.9", "? ", "~", "null", "yes",
    "no", "on", "true", "0", "-1", "00", "012", "0x10", "1e9", "1e999", ".inf", ".nan", "9" * 40, "9" * 400,
    "0." + "0" * 30 + "1", "-0", "1_000", "½", "١٢", "10:30", "24:00", "09:00", "70%", "700%", "-5%",
    "50.5%", "2026-02-30", "en", "xx-YY-zz-qq", "mn", "id", "one", "q-1", "Ä", "🔥", "\u200b", "\u202e",
    "\u2028", "\x85", "\ufeff", "\x00", "\x1b[2J", "é́́́", "ﷺ" * 20, "a" * 300, "a " * 800,
    "https://example.org", "http://x", "tg://x", "javascript:x", "[a](https://example.org)", "[a](", "](",
    "media/hall.png", "../../etc/passwd", "CON", "/", "1 (low)", "2 workdays", "{1: a, 2: b}",
    "{a: b, c: d}", "[a, b]", "[a, a]", "[140, 160]", "{before_lesson: one, days: 1}",
    "{after_lesson: one}", "{day: 3}", "start", "all", "one_at_a_time",
)  # fmt: skip


def mutated(seeds: Sequence[bytes], random: Random) -> bytes:
    """Return one of the seeds, changed in one to four ways."""
    lines = random.choice(seeds).splitlines(keepends=True)
    for _ in range(random.randint(1, CHANGES_AT_MOST)):
        change = random.choice(_MUTATIONS)
        lines = change(lines, random)[:LINES_AT_MOST] or [b"\n"]
    if random.random() < 0.05:
        other = random.choice(seeds).splitlines(keepends=True)
        lines = lines[: random.randint(0, len(lines))] + other[random.randint(0, len(other)) :]
    content = b"".join(lines)
    return _bytes_changed(content, random) if random.random() < 0.1 else content


def zipped(seeds: Sequence[bytes], random: Random) -> bytes:
    """Return a package of a few mutated files, its own bytes changed now and then."""
    names = ["course.yaml", "01-a.yaml", "02-b.yaml", "i18n/mn.yaml", "media/hall.png", "README.md"]
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", random.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])) as package:
        for name in sorted(set(random.choices(names, k=random.randint(1, 5)))):
            package.writestr(name, mutated(seeds, random))
    content = packed.getvalue()
    return _bytes_changed(content, random) if random.random() < 0.5 else content


def _bytes_changed(content: bytes, random: Random) -> bytes:
    changed = bytearray(content)
    for _ in range(random.randint(1, 8)):
        at = random.randrange(len(changed) + 1)
        match random.randrange(4):
            case 0 if at < len(changed):
                changed[at] = random.randrange(256)
            case 1:
                changed[at:at] = random.randbytes(random.randint(1, 4))
            case 2:
                del changed[at : at + random.randint(1, 30)]
            case _:
                changed[at:at] = changed[: random.randint(0, 60)]
    return bytes(changed) or b"\0"


def _doubled(lines: list[bytes], random: Random) -> list[bytes]:
    start, end = _part(lines, random)
    times = random.choice([2, 2, 2, 3, 40, 400])
    return lines[:start] + lines[start:end] * times + lines[end:]


def _left_out(lines: list[bytes], random: Random) -> list[bytes]:
    start, end = _part(lines, random)
    return lines[:start] + lines[end:]


def _moved(lines: list[bytes], random: Random) -> list[bytes]:
    start, end = _part(lines, random)
    rest = lines[:start] + lines[end:]
    at = random.randint(0, len(rest))
    return rest[:at] + lines[start:end] + rest[at:]


def _indented(lines: list[bytes], random: Random) -> list[bytes]:
    start, end = _part(lines, random)
    by = random.choice([-4, -2, -1, 1, 2, 4, 40])
    more = b"\t" if random.random() < 0.1 else b" " * by
    moved = [more + line if by > 0 else line.removeprefix(b" " * -by) for line in lines[start:end]]
    return [*lines[:start], *moved, *lines[end:]]


def _value_changed(lines: list[bytes], random: Random) -> list[bytes]:
    at = random.randrange(len(lines))
    key, colon, _ = lines[at].partition(b": ")
    return [*lines[:at], key + (colon or b": ") + _word(random) + b"\n", *lines[at + 1 :]]


def _key_changed(lines: list[bytes], random: Random) -> list[bytes]:
    at = random.randrange(len(lines))
    lead = lines[at][: len(lines[at]) - len(lines[at].lstrip(b" -"))]
    _, colon, value = lines[at].lstrip(b" -").partition(b":")
    return [
        *lines[:at],
        lead + random.choice(_KEYS).encode() + (colon or b":") + (value or b"\n"),
        *lines[at + 1 :],
    ]


def _line_added(lines: list[bytes], random: Random) -> list[bytes]:
    at = random.randrange(len(lines))
    lead = lines[at][: len(lines[at]) - len(lines[at].lstrip(b" "))]
    added = (
        lead
        + random.choice([b"", b"- ", b"  "])
        + random.choice(_KEYS).encode()
        + b": "
        + _word(random)
        + b"\n"
    )
    return [*lines[: at + 1], added, *lines[at + 1 :]]


def _word_put_in(lines: list[bytes], random: Random) -> list[bytes]:
    at = random.randrange(len(lines))
    place = random.randint(0, len(lines[at].rstrip(b"\n")))
    return [*lines[:at], lines[at][:place] + _word(random) + lines[at][place:], *lines[at + 1 :]]


def _signs_taken_out(lines: list[bytes], random: Random) -> list[bytes]:
    at = random.randrange(len(lines))
    sign = random.choice([b" ", b":", b"- ", b'"', b"'", b"]", b"}", b"|", b","])
    return [*lines[:at], lines[at].replace(sign, b"", random.choice([1, -1])), *lines[at + 1 :]]


def _cut_off(lines: list[bytes], random: Random) -> list[bytes]:
    return lines[: random.randint(1, len(lines))]


def _line_ends_changed(lines: list[bytes], random: Random) -> list[bytes]:
    end = random.choice([b"\r\n", b"\r", b"", "\u2028".encode(), "\x85".encode()])
    return [line.removesuffix(b"\n") + end for line in lines]


_MUTATIONS: tuple[Mutation, ...] = (
    _doubled, _left_out, _moved, _indented, _value_changed, _value_changed, _value_changed, _key_changed,
    _key_changed, _line_added, _line_added, _word_put_in, _word_put_in, _signs_taken_out, _cut_off,
    _line_ends_changed,
)  # fmt: skip


def _part(lines: list[bytes], random: Random) -> tuple[int, int]:
    start = random.randrange(len(lines))
    return start, min(len(lines), start + random.choice([1, 1, 1, 2, 5, 12]))


def _word(random: Random) -> bytes:
    return " ".join(random.choices(_WORDS, k=random.choice([1, 1, 1, 2, 3]))).encode("utf-8", "surrogatepass")

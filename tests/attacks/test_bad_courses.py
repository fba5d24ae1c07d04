"""Courses made to hurt, by the ids of the catalogue C01–C18 (docs/guarantees.md, "A bad course cannot hurt").

Each is read in the very process that reads a stranger's file (forked from one that has imported the
reader), with 2 seconds of work and 256 MB: a case that took more would be told as too much, and not
with its own words.
"""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.limits import TELEGRAM
from lessons import reading_apart
from lessons.reading_apart import checked, environment, question
from tests.attacks.bad_courses import (
    HEAD,
    LESSONS,
    PICTURE,
    SVG,
    TEA,
    encrypted,
    linked,
    lying,
    overlapping,
    pictured,
    png,
    zipped,
)

ROOT = Path(__file__).parents[2]
LONG = dict.fromkeys(("a.yaml", "b.yaml", "c.yaml"), b"#" * 900_000)
STEP = HEAD + LESSONS


def number(answer: str) -> bytes:
    return STEP + f"      - number: How many?\n        id: q\n        answer: {answer}\n".encode()


def accepting(words: str) -> bytes:
    return STEP + f"      - text: Which?\n        id: q\n        accept: ['{words}']\n".encode()


def saying(words: str) -> bytes:
    return STEP + f"      - say: '{words}'\n".encode()


SOUND = "No problems."
TABLE: list[tuple[str, str, bytes | Callable[[], bytes], str]] = [
    # What takes long to make is made by its own test: every process of the tests reads this file.
    ("C01", "laughs.yaml", b"a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n", "E007 anchors and aliases"),
    ("C01", "itself.yaml", b"a: &a [*a]\n", "E007 anchors and aliases are not used"),
    ("C01", "unknown.yaml", b"a: [*b]\n", "E007 anchors and aliases are not used"),
    ("C02", "merge.yaml", b"a: {<<: {b: c}}\n", "E007 merge keys are not used"),
    ("C02", "merged.yaml", b"<<: " + b"[" * 15 + b"{a: b}" + b"]" * 15, "E007 merge keys are not used"),
    ("C03", "deep.yaml", b"a: " + b"[" * 50_000, "E013 more than 20 levels"),
    ("C03", "deep-keys.yaml", b"".join(b" " * n + b"a:\n" for n in range(1_300)), "E013 more than 20 levels"),
    ("C03", "deep-dashes.yaml", b"- " * 50_000, "E013 more than 20 levels"),
    ("C04", "python.yaml", b"a: !!python/object/apply:os.system [id]\n", "E007 tags are not used"),
    ("C04", "local.yaml", b"a: !run {b: c}\n", "E007 tags are not used"),
    ("C04", "version.yaml", b"%YAML 1.1\n---\n" + TEA, "E007 YAML directives are not used"),
    ("C04", "directive.yaml", b"%TAG ! tag:x,2000:\n---\n" + TEA, "E007 YAML directives are not used"),
    ("C04", "documents.yaml", TEA + b"---\n" + TEA, "E007 a second document"),
    ("C05", "twice.yaml", TEA + b"title: Coffee\n", "E005 the key `title` is written twice"),
    ("C06", "time.yaml", TEA + b"pace: {at: 21:00}\n", SOUND),
    ("C06", "late.yaml", TEA + b"pace: {at: 24:00}\n", "E150 `at` is not a time"),
    ("C06", "words.yaml", STEP + b"      - say: no\n      - say: 012\n      - say: ~\n", SOUND),
    ("C06", "date.yaml", TEA.replace(b"title: Tea", b"title: 2026-02-30"), SOUND),
    ("C06", "octal.yaml", TEA + b"tries: 0o3\n", "E104 `tries` needs a whole number"),
    ("C06", "infinite.yaml", number(".inf"), "E104 `answer` needs a number"),
    ("C06", "hexadecimal.yaml", number("0x1F"), "E104 `answer` needs a number"),
    ("C06", "huge.yaml", number("9" * 5_000), "E104 `answer` needs a number"),
    ("C06", "tiny.yaml", number("1e-999999999"), "E104 `answer` needs a number"),
    ("C06", "foreign.yaml", number("١٢"), "E104 `answer` needs a number"),
    ("C07", "large.yaml", HEAD + b"#" * 1_000_000, "E012 the file has 1.0 MB"),
    ("C07", "scalar.yaml", TEA + b"summary: " + b"a " * 450_000, SOUND),
    ("C07", "keys.yaml", HEAD + b"".join(b"k%d: v\n" % n for n in range(80_000)), "E016 there are more"),
    ("C07", "texts.zip", lambda: zipped({"course.yaml": TEA, **LONG}), "E012 the texts have 2.7 MB"),
    ("C07", "many.zip", lambda: zipped({f"{n}.yaml": b"" for n in range(501)}), "E015 the package has 501"),
    ("C08", "utf16.yaml", TEA.decode().encode("utf-16"), "E010 the file is not in UTF-8"),
    ("C08", "latin1.yaml", TEA + "summary: Grüner Tee\n".encode("latin-1"), "E010 the file is not in UTF-8"),
    ("C08", "bom.yaml", b"\xef\xbb\xbf" + TEA, SOUND),
    ("C08", "nul.yaml", TEA + b"\0", "E010 an invisible character U+0000"),
    ("C08", "crlf.yaml", TEA.replace(b"\n", b"\r\n"), SOUND),
    ("C08", "tab.yaml", TEA.replace(b"      - say", b"\t- say"), "E006 a tab at the start of a line"),
    ("C08", "turned.yaml", saying("abc\u202edef"), "E010 an invisible character U+202E RIGHT-TO-LEFT"),
    ("C08", "escaped.yaml", STEP + b'      - say: "a\\u202Eb"\n', "E010 the character U+202E is not allowed"),
    ("C09", "slip.zip", zipped({"../course.yaml": TEA}), "E015 the name `../course.yaml` cannot be used"),
    ("C09", "absolute.zip", zipped({"/etc/cron.d/x.yaml": TEA}), "cannot be used"),
    ("C09", "drive.zip", zipped({"C:\\x.yaml": TEA}), "cannot be used"),
    ("C09", "link.zip", linked(), "E015 `media/p.png` is a link or a device"),
    ("C09", "device.zip", zipped({"course.yaml": TEA, "aux.yaml": TEA}), "cannot be used"),
    ("C09", "twice.zip", zipped([("course.yaml", TEA), ("COURSE.yaml", TEA)]), "is in the package twice"),
    ("C09", "nested.zip", zipped({"course.yaml": TEA, "more.zip": b"PK"}), "is not a file of a course"),
    ("C09", "bomb.zip", lambda: zipped({"course.yaml": b"#" * 50_000_000}), "is too large when unpacked"),
    ("C09", "liar.zip", lambda: lying(zipped({"course.yaml": b"#" * 2_000_000})), "damaged"),
    ("C09", "overlap.zip", overlapping(), "E015 files in the package overlap"),
    ("C09", "password.zip", encrypted(), "E015 the package has a password"),
    ("C09", "entries.zip", lambda: zipped({f"{n}.yaml": b"" for n in range(20_000)}), "E015 the package has"),
    ("C09", "nothing.zip", b"not a zip", "E015 the package is damaged or not a zip"),
    ("C10", "wide.zip", pictured(png(50_000, 50_000)), "E132 `media/p.png` has 50000 × 50000 pixels"),
    ("C10", "svg.zip", pictured(SVG), "E132 `media/p.png` is not a png, jpg or webp"),
    ("C10", "page.zip", pictured(b"GIF89a<script>"), "E132 `media/p.png` is not a png, jpg or webp"),
    ("C11", "metadata.yaml", PICTURE.replace(b"media/p.png", b"http://169.254.169.254/a.png"), "E133 "),
    ("C11", "file.yaml", PICTURE.replace(b"media/p.png", b"file:///etc/passwd"), "E133 "),
    ("C11", "loopback.yaml", PICTURE.replace(b"media/p.png", b"'https://[::1]/a.png'"), "E133 "),
    ("C11", "above.yaml", PICTURE.replace(b"media/p.png", b"../../etc/passwd"), "E133 "),
    ("C17", "pattern.yaml", accepting("(a+)+$"), SOUND),
    ("C17", "long.yaml", accepting("a" * 100_000), SOUND),
    ("C18", "script.yaml", saying("[Boil](javascript:alert(1))"), "E170 a link to `javascript:alert`"),
    ("C18", "chat.yaml", saying("[Your account](tg://user?id=1)"), "E170 a link to `tg://user?id=1`"),
    ("C18", "data.yaml", saying("[Boil](data:text/html,x)"), "E170 a link to `data:text/html,x`"),
    ("C18", "http.yaml", saying("[Boil](http://example.org)"), "E170 a link to `http://example.org`"),
]  # fmt: skip
ELSEWHERE = {
    "C12": "tests/faults/test_kills_of_publish.py",
    "C13": "tests/attacks/test_dropped_courses.py",
    "C14": "tests/attacks/test_dropped_courses.py",
    "C15": "tests/academy/test_republishing.py",
    "C16": "tests/attacks/test_secrets.py",
}
"""What is not about reading: imports that are cut off, who may, what learners keep, addresses of files."""


@pytest.mark.parametrize(
    ("name", "content", "told"), [row[1:] for row in TABLE], ids=[f"{row[0]}-{row[1]}" for row in TABLE]
)
def test_what_was_made_to_hurt_is_told_in_words(
    name: str, content: bytes | Callable[[], bytes], told: str
) -> None:
    given = content if isinstance(content, bytes) else content()
    asked = question(name, given, limits=TELEGRAM, cpu_seconds=2, course=False)
    done = subprocess.run(
        reading_apart.COMMAND,
        input=asked,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment(),
        check=False,
    )

    reading = checked(done.stdout)
    assert reading is not None, f"ended with {done.returncode}"
    if told == SOUND:
        assert reading.errors == ()
    else:
        assert told in "\n".join(f"{problem.code} {problem.message}" for problem in reading.errors)
        assert all(problem.fix for problem in reading.errors)


def test_the_table_is_whole() -> None:
    named = {row[0] for row in TABLE} | set(ELSEWHERE)

    assert sorted(named) == [f"C{number:02}" for number in range(1, 19)]
    assert [path for path in ELSEWHERE.values() if not (ROOT / path).exists()] == []

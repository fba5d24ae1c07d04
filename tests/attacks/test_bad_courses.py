"""What the door's own test does not send, read as the door reads it: every case has its words (C01–C10)."""

import pytest

from bot.limits import TELEGRAM
from lessons.reader import read_bytes
from tests.attacks.bad_courses import TEA, lying, pictured, zipped

LONG = dict.fromkeys(("a.yaml", "b.yaml", "c.yaml"), b"#" * 900_000)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("itself.yaml", b"a: &a [*a]\n", "E007"),
        ("merge.yaml", b"a: {<<: {b: c}}\n", "E007"),
        ("tag.yaml", b"a: !!python/object/apply:os.system [id]\n", "E007"),
        ("two.yaml", TEA + TEA.replace(b"format: 1", b"format: 2"), "E005"),
        ("utf16.yaml", TEA.decode().encode("utf-16"), "E010"),
        ("nul.yaml", TEA + b"\0", "E010"),
        ("link.yaml", TEA.replace(b"Boil", b"[Boil](javascript:alert(1))"), "E170"),
        ("absolute.zip", zipped({"/etc/cron.d/x.yaml": TEA}), "cannot be used"),
        ("drive.zip", zipped({"C:\\x.yaml": TEA}), "cannot be used"),
        ("device.zip", zipped({"course.yaml": TEA, "aux.yaml": TEA}), "cannot be used"),
        ("twice.zip", zipped([("course.yaml", TEA), ("COURSE.yaml", TEA)]), "is in the package twice"),
        ("nested.zip", zipped({"course.yaml": TEA, "more.zip": b"PK"}), "not a file of a course"),
        ("liar.zip", lying(zipped({"course.yaml": b"#" * 2_000_000})), "damaged"),
        ("many.zip", zipped({f"{n}.yaml": b"" for n in range(501)}), "501 files"),
        ("nothing.zip", b"not a zip", "damaged or not a zip"),
        ("page.zip", pictured(b"GIF89a<script>"), "is not a png, jpg or webp"),
        ("long.zip", zipped({"course.yaml": TEA, **LONG}), "2 MB"),
    ],
    ids=[
        "alias", "merge", "tag", "doubled", "utf16", "nul", "link", "absolute", "drive", "device", "twice",
        "nested", "liar", "many", "nothing", "page", "texts",
    ],
)  # fmt: skip
def test_what_is_no_course_is_told_in_words(name: str, content: bytes, told: str) -> None:
    reading = read_bytes(name, content, limits=TELEGRAM)

    assert reading.course is None
    assert told in "".join(f"{problem.code} {problem.message}" for problem in reading.problems)

import stat
import struct
import zipfile
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessons.packages import PackageRefused, unpack
from lessons.reader import read_bytes

COURSE = b"format: 1\nid: heat\ntitle: Heat\nlanguage: en\nversion: 1.0.0\n"
LESSON = b"id: one\ntitle: One degree\nsteps:\n  - say: Close the window.\n"


def package(*files: tuple[str, bytes], **changes: object) -> bytes:
    """A zip of these files; `changes` are attributes of each entry."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in files:
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            for attribute, value in changes.items():
                setattr(entry, attribute, value)
            opened.writestr(entry, content)
    return made.getvalue()


def refused(content: bytes) -> str:
    result = unpack(content)
    assert isinstance(result, PackageRefused)
    assert result.fix
    return result.reason


def test_a_package_with_a_folder_around_it_is_a_course() -> None:
    content = package(
        ("heat/course.yaml", COURSE),
        ("heat/01-one.yaml", LESSON),
        ("heat/README.md", b"Hello"),
        ("__MACOSX/heat/._course.yaml", b"\0"),
        ("heat/.DS_Store", b"\0"),
    )

    reading = read_bytes("heat.course.zip", content)

    assert reading.problems == ()
    assert reading.course is not None
    assert [lesson.id for lesson in reading.course.lessons] == ["one"]


def test_a_package_of_one_file_is_a_course() -> None:
    single = COURSE + b"lessons:\n  - " + LESSON.replace(b"\n", b"\n    ").rstrip() + b"\n"

    assert read_bytes("a.zip", package(("heat.yaml", single))).course is not None


@pytest.mark.parametrize(
    "name",
    [
        "../course.yaml",
        "/etc/course.yaml",
        "C:/course.yaml",
        "a/../../course.yaml",
        "a\\course.yaml",
        "AUX.yaml",
        "a/com1.yaml",
        ".hidden.yaml",
        "a//b.yaml",
        "a/b/c/d/e.yaml",
        "name\u202e.yaml",
        "line\nbreak.yaml",
        "trailing /a.yaml",
        "~/a.yaml",
    ],
)
def test_names_that_could_leave_the_course_are_refused(name: str) -> None:
    assert "cannot be used" in refused(package((name, COURSE)))


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO])
def test_links_and_devices_are_refused(kind: int) -> None:
    assert "a link or a device" in refused(
        package(("a.yaml", b"/etc/passwd"), external_attr=(kind | 0o644) << 16)
    )


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ((("a.yaml", b""), ("A.yaml", b"")), "`A.yaml` is in the package twice"),
        ((("inner.zip", package(("a.yaml", b""))),), "`inner.zip` is not a file of a course"),
        ((("page.html", b""),), "`page.html` is not a file of a course"),
        ((("picture.svg", b""),), "`picture.svg` is not a file of a course"),
        ((("a.yaml", b"\0" * 1_100_000),), "`a.yaml` is too large when unpacked"),
        (tuple((f"{n}.png", b"\0" * 9_000_000) for n in range(3)), "`2.png` is too large when unpacked"),
        (
            tuple((f"{n}.yaml", b"") for n in range(501)),
            "the package has 501 files; a course has at most 500",
        ),
    ],
)
def test_what_is_no_course_is_refused(files: tuple[tuple[str, bytes], ...], reason: str) -> None:
    assert refused(package(*files)) == reason


def test_doubled_names_are_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        content = package(("a.yaml", b"one"), ("a.yaml", b"two"))

    assert refused(content) == "`a.yaml` is in the package twice"


def test_a_size_that_lies_is_found_while_inflating() -> None:
    content = bytearray(package(("a.yaml", b"\0" * 3_000_000)))
    # The uncompressed size, in the local header (at 22) and in the central directory (at 24).
    central = content.index(b"PK\x01\x02")
    for at in (22, central + 24):
        content[at : at + 4] = struct.pack("<I", 10)

    assert isinstance(unpack(bytes(content)), PackageRefused)


def test_entries_that_share_their_bytes_are_refused() -> None:
    content = bytearray(package(("a.yaml", b"a" * 100), ("b.yaml", b"b" * 100)))
    second = content.rindex(b"PK\x01\x02")
    content[second + 42 : second + 46] = struct.pack("<I", 0)

    assert refused(bytes(content)) == "files in the package overlap"


def test_a_password_is_refused() -> None:
    content = bytearray(package(("a.yaml", b"a")))
    central = content.index(b"PK\x01\x02")
    content[central + 8] |= 1

    assert refused(bytes(content)) == "the package has a password"


def test_more_than_twenty_megabytes_are_not_opened() -> None:
    assert refused(b"PK" + b"\0" * 20_000_000) == "the package has more than 20 MB"


WHOLE = package(("course.yaml", COURSE), ("01-one.yaml", LESSON))


@given(at=st.integers(0, len(WHOLE) - 1), value=st.integers(0, 255))
@settings(max_examples=300, deadline=None)
def test_no_damaged_byte_makes_unpacking_fail(at: int, value: int) -> None:
    damaged = bytearray(WHOLE)
    damaged[at] = value

    reading = read_bytes("a.zip", bytes(damaged))

    assert reading.course is not None or reading.errors


@given(st.binary(max_size=300))
def test_no_bytes_make_unpacking_fail(content: bytes) -> None:
    assert isinstance(unpack(content), PackageRefused)

import struct
import subprocess
import sys
import zlib
from collections import Counter

import pytest

from reports.pictures.draw import draw
from reports.pictures.group_picture import Bar, GroupPicture, group_svg
from reports.pictures.indexed import indexed
from reports.pictures.lettering import has_glyphs, lines, page, text_at, width
from reports.pictures.palette import INK, PAPER
from reports.pictures.progress_picture import Dot, Fact, ProgressPicture, progress_svg

MONGOLIAN = ProgressPicture(
    course="Нийтийн барилгын эрчим хүч хэмнэх, өвлийн бэлтгэл хангах аргачлал",
    dots=("finished",) * 4 + ("open",) + ("ahead",) * 5,
    share="40 %",
    share_words="10 хичээлээс 4-ийг дуусгасан",
    facts=(
        Fact(label="Оноо", value="82 %"),
        Fact(label="Эхний оролдлогоор", value="64 %"),
        Fact(label="Энэ долоо хоногт", value="3 өдрөөс 2 өдөр"),
        Fact(label="Дараагийн хичээл", value="11-р сарын 25, лхагва, 09:00"),
    ),
)
GROUP = GroupPicture(
    group="Autumn 2026",
    course="Saving energy",
    whole=24,
    bars=(
        Bar(label="Joined", value=22),
        Bar(label="Started", value=20),
        Bar(label="On schedule", value=15),
        Bar(label="Finished", value=0),
        Bar(label="Need a hand", value=3, attention=True),
    ),
)


def size_of(png: bytes) -> tuple[int, int]:
    wide, high = struct.unpack_from(">II", png, 16)
    return int(wide), int(high)


def colours(png: bytes) -> Counter[str]:
    """Count the pixels of each colour of a picture with a palette and unfiltered rows."""
    wide, high = size_of(png)
    chunks: dict[bytes, bytes] = {}
    at = 8
    while at < len(png):
        length, kind = struct.unpack_from(">I4s", png, at)
        chunks[kind] = png[at + 8 : at + 8 + length]
        at += 12 + length
    rows = zlib.decompress(chunks[b"IDAT"])
    palette = chunks[b"PLTE"]
    counted: Counter[int] = Counter()
    for row in range(high):
        start = row * (wide + 1)
        assert rows[start] == 0
        counted.update(rows[start + 1 : start + 1 + wide])
    return Counter(
        {f"#{palette[3 * one : 3 * one + 3].hex().upper()}": times for one, times in counted.items()}
    )


@pytest.mark.parametrize(
    ("svg", "size"),
    [
        pytest.param(progress_svg(MONGOLIAN), (1000, 1250), id="progress"),
        pytest.param(group_svg(GROUP), (1000, 1190), id="group"),
    ],
)
def test_a_picture_is_small_enough_for_a_phone_on_mobile_data(svg: str, size: tuple[int, int]) -> None:
    png = draw(svg)

    assert size_of(png) == size
    assert len(png) < 60_000


@pytest.mark.parametrize("word", ["Lessons", "Өнөөдөр", "ҮҮ", "Ђорђе", "Ёлка", "Škola", "40 %"])
@pytest.mark.parametrize("weight", ["regular", "bold"])
def test_words_are_not_blank(word: str, weight: str) -> None:
    letters = text_at(20, 100, word, size=80, fill=INK, weight="bold" if weight == "bold" else "regular")

    counted = colours(draw(page(letters, width=700, height=150)))

    assert has_glyphs(word)
    assert counted[INK] > 200
    assert counted[PAPER] > counted[INK]


def test_letters_the_fonts_lack_are_known() -> None:
    assert not has_glyphs("ᠮᠣᠩᠭᠣᠯ")


def test_mongolian_letters_are_not_all_the_same_box() -> None:
    drawn = {
        draw(page(text_at(20, 100, letter, size=80, fill=INK), width=120, height=150)) for letter in "ӨҮӨ"
    }

    assert len(drawn) == 2


def test_the_same_picture_is_the_same_bytes() -> None:
    assert draw(group_svg(GROUP)) == draw(group_svg(GROUP))


def test_the_program_draws_what_the_function_draws() -> None:
    svg = group_svg(GROUP)

    drawn = subprocess.run(
        [sys.executable, "-m", "reports.pictures.draw"], input=svg.encode(), check=True, capture_output=True
    )

    assert drawn.stdout == draw(svg)


def test_no_svg_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"(?i)svg|xml|parse|root|token"):
        draw("nothing drawn")


def test_names_with_signs_of_markup_are_words() -> None:
    picture = GroupPicture(group="<A & B>\x00", course='"x"', whole=1, bars=(Bar(label="1 < 2", value=1),))

    svg = group_svg(picture)

    assert "&lt;A &amp; B&gt;<" in svg
    assert draw(svg)


@pytest.mark.parametrize("count", [1, 3, 5, 6, 10, 11, 12, 20, 30, 52, 100])
def test_every_lesson_has_its_number_and_stays_inside(count: int) -> None:
    ahead: Dot = "ahead"
    dots = (ahead,) * count
    svg = progress_svg(ProgressPicture(course="Water", dots=dots, share="0%", share_words=f"0 of {count}"))

    assert [f">{number}</text>" in svg for number in range(1, count + 1)] == [True] * count
    circles = [part.split('"') for part in svg.split("<circle ")[2:]]
    for _, x, _, y, _, radius, *_ in circles:
        assert 60 <= float(x) - float(radius) <= float(x) + float(radius) <= 940
        assert 560 <= float(y) - float(radius) <= float(y) + float(radius) <= 900


def test_a_line_breaks_where_the_room_ends() -> None:
    wide = width("Saving energy", size=50)

    assert lines("Saving energy now", size=50, room=wide, most=2) == ("Saving energy", "now")
    assert lines("Saving energy now", size=50, room=wide, most=1) == ("Saving ener…",)
    assert lines("", size=50, room=wide, most=2) == ()


def test_widths_are_the_fonts_own() -> None:
    # Noto Sans Regular: 1000 units an em; the digit 1 has the advance of every digit, 572.
    assert width("1", size=1000) == 572
    assert width("11", size=100) == pytest.approx(114.4)


def test_a_picture_of_another_making_is_refused() -> None:
    once = draw(group_svg(GROUP))

    with pytest.raises(ValueError, match="not a PNG as the renderer writes it"):
        indexed(once)
    with pytest.raises(ValueError, match="not a PNG"):
        indexed(b"GIF89a")

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.recordings import Recording, recording
from tests.lessons.media_files import PLACE, box, id3, mp3, mp4, ogg, ogg_page


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (ogg(61.5), Recording(mime="audio/ogg", content=ogg(61.5), seconds=61.5)),
        (mp3(), Recording(mime="audio/mpeg", content=mp3())),
        (mp3(tag=id3(200)), Recording(mime="audio/mpeg", content=mp3(tag=id3(200)))),
        (
            mp4(12.5, seen=False),
            Recording(mime="audio/mp4", content=mp4(12.5, seen=False), seconds=12.5, sound_codec="mp4a"),
        ),
        (
            mp4(130),
            Recording(
                mime="video/mp4",
                content=mp4(130),
                seconds=130,
                width=320,
                height=240,
                codec="avc1",
                sound_codec="mp4a",
            ),
        ),
        (
            mp4(sound=False, codec=b"hvc1"),
            Recording(
                mime="video/mp4",
                content=mp4(sound=False, codec=b"hvc1"),
                seconds=3,
                width=320,
                height=240,
                has_sound=False,
                codec="hvc1",
            ),
        ),
    ],
    ids=["ogg", "mp3", "mp3-with-tag", "m4a", "mp4", "silent-hevc"],
)
def test_a_recording_says_what_it_is(content: bytes, told: Recording) -> None:
    assert recording(content) == told


@pytest.mark.parametrize(
    "content",
    [
        ogg(codec=b"\x01vorbis\x01"),
        ogg() + b"<script>alert(1)</script>",
        ogg()[:-1],
        ogg() + ogg_page(b"x", granule=1, number=3, serial=8),
        mp3(frames=1) + b"<html>",
        b"ID3\x04\0\0" + b"\x7f" * 4 + b"MZ",
        mp4()[:-1],
        mp4() + b"PK\x03\x04 and more",
        mp4(seen=False, sound=False),
        box(b"ftyp", b"isom") + box(b"moov", box(b"trak") * 6000),
        b"RIFF\0\0\0\0WAVEfmt ",
        b"\x1aE\xdf\xa3webm",
        b"MZ\x90\0",
        b"",
    ],
    ids=[
        "vorbis", "page-behind-ogg", "cut-ogg", "two-streams", "html-behind-mp3", "tag-only", "cut-mp4",
        "zip-behind-mp4", "no-tracks", "boxes-only", "wav", "webm", "program", "nothing",
    ],
)  # fmt: skip
def test_what_is_no_recording_or_more_than_one_is_none(content: bytes) -> None:
    assert recording(content) is None


def test_where_a_film_was_made_is_blanked_and_nothing_moves() -> None:
    filmed = mp4(place=PLACE)

    told = recording(filmed)

    assert told is not None
    assert PLACE not in told.content
    assert b"udta" not in told.content
    assert len(told.content) == len(filmed)
    assert told.content.index(b"mdat") == filmed.index(b"mdat")
    assert recording(told.content) == told


@given(
    st.sampled_from([b"", ogg(), mp4(), mp3(tag=id3())]),
    st.integers(min_value=0, max_value=400),
    st.binary(max_size=40),
)
def test_no_bytes_make_looking_fail(start: bytes, kept: int, rest: bytes) -> None:
    recording(start[:kept] + rest + start[kept + len(rest) :])

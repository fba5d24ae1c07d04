import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.media import picture_header
from lessons.picture_metadata import BarePicture, bare
from tests.lessons.media_files import JFIF, JPEG_IMAGE, PLACE, chunk, exif, jpeg, png, segment, webp

CAMERA = segment(0xE1, b"Exif\0\0" + exif())
XMP = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x>" + PLACE + b"</x>")
COLOUR = segment(0xE2, b"ICC_PROFILE\0\x01\x01" + bytes(20))
ADOBE = segment(0xEE, b"Adobe\0\x64\0\0\0\0\0")
VP8L = (b"VP8L", b"\x2f\x07\xc0\x01\x00" + bytes(3))


def upright(content: bytes) -> BarePicture:
    return BarePicture(content=content, is_turned=False)


@pytest.mark.parametrize(
    ("content", "left"),
    [
        (jpeg(beside=CAMERA + XMP), jpeg()),
        (jpeg(beside=segment(0xED, b"Photoshop 3.0\0" + PLACE)), jpeg()),
        (jpeg(beside=segment(0xFE, b"made at " + PLACE)), jpeg()),
        (jpeg(beside=COLOUR + segment(0xE2, b"MPF\0" + PLACE) + ADOBE), jpeg(beside=COLOUR + ADOBE)),
        (jpeg(behind=b"a film of " + PLACE), jpeg()),
        (jpeg(image=JPEG_IMAGE + JPEG_IMAGE), jpeg(image=JPEG_IMAGE + JPEG_IMAGE)),
        (
            b"\xff\xd8" + segment(0xE0, JFIF[4:-2] + b"\x01\x01rgb") + JPEG_IMAGE + b"\xff\xd9",
            jpeg(),
        ),
        (png(beside=chunk(b"tEXt", b"Place\0" + PLACE) + chunk(b"eXIf", exif())), png()),
        (png(beside=chunk(b"iTXt", PLACE) + chunk(b"zTXt", PLACE) + chunk(b"tIME", bytes(7))), png()),
        (png(behind=b"<script>"), png()),
        (
            webp(
                (b"VP8X", b"\x1c\0\0\0\x07\0\0\x07\0\0"),
                VP8L,
                (b"EXIF", exif()),
                (b"XMP ", PLACE),
            ),
            webp((b"VP8X", b"\x10\0\0\0\x07\0\0\x07\0\0"), VP8L),
        ),
        (webp(VP8L) + b"PK\x03\x04", webp(VP8L)),
    ],
    ids=[
        "jpeg-exif-xmp", "jpeg-iptc", "jpeg-comment", "jpeg-colours-stay", "jpeg-behind", "jpeg-scans",
        "jpeg-small-picture", "png-text-exif", "png-more", "png-behind", "webp", "webp-behind",
    ],
)  # fmt: skip
def test_only_the_picture_is_left(content: bytes, left: bytes) -> None:
    assert bare(content) == upright(left)
    assert PLACE not in left
    assert picture_header(left) == picture_header(content)


@pytest.mark.parametrize("clean", [jpeg(), png(), webp(VP8L)], ids=["jpeg", "png", "webp"])
def test_a_clean_picture_stays_the_same(clean: bytes) -> None:
    assert bare(clean) == upright(clean)


@pytest.mark.parametrize(
    "content",
    [
        jpeg(beside=segment(0xE1, b"Exif\0\0" + exif(6))),
        jpeg(beside=segment(0xE1, b"Exif\0\0" + exif(3, order="<"))),
        png(beside=chunk(b"eXIf", exif(8))),
        webp(VP8L, (b"EXIF", exif(2))),
    ],
    ids=["jpeg", "jpeg-intel", "png", "webp"],
)
def test_a_picture_that_only_says_that_it_is_turned_is_told(content: bytes) -> None:
    found = bare(content)

    assert found is not None
    assert found.is_turned


@pytest.mark.parametrize("whole", [jpeg(beside=CAMERA), png(), webp(VP8L)], ids=["jpeg", "png", "webp"])
def test_a_picture_that_is_cut_off_is_none(whole: bytes) -> None:
    assert [bare(whole[:length]) for length in range(len(whole))] == [None] * len(whole)


@given(st.sampled_from([jpeg(beside=CAMERA), png(), webp(VP8L)]), st.integers(0, 300), st.binary(max_size=20))
def test_no_bytes_make_it_fail(start: bytes, kept: int, rest: bytes) -> None:
    bare(start[:kept] + rest + start[kept + len(rest) :])

"""Cards as an author writes them: what is read, and every way in which one can be wrong."""

from collections.abc import Mapping
from hashlib import sha256

import pytest

from lessons.limits import Limits
from lessons.media import Media
from lessons.problems import Problem
from lessons.reader import Reading, read_bytes
from lessons.steps import Audio, File, Image, Link, More, Say, Video
from lessons.translations import apply, step_texts
from lessons.versions import canonical, from_canonical
from tests.lessons.media_files import exif, jpeg, mp3, mp4, office, ogg, packed, pdf, png, segment

LIMITS = Limits(text_chars=4096, caption_chars=1024, button_chars=28, picture_bytes=300 * 1024)
HEAD = "format: 1\nid: meters\ntitle: Meters\nlanguage: en\nversion: 1.0.0\n"
MEDIA = {
    "media/a.ogg": ogg(),
    "media/b.mp3": mp3(),
    "media/c.m4a": mp4(seen=False),
    "media/v.mp4": mp4(),
    "media/form.pdf": pdf(),
    "media/p.jpg": jpeg(),
}
EVERYTHING = """\
- say: Welcome.
- image: media/p.jpg
  alt: A meter.
  caption: This is it.
- audio: media/a.ogg
  transcript: A fan hums.
  say: Listen.
- audio: media/b.mp3
  id: beep
  transcript: It beeps.
  note: Recorded in the hall.
- video: media/v.mp4
  alt: A hand turns a valve.
  transcript: Turn it to three.
  caption: Watch.
- file: media/form.pdf
  alt: A form for twelve months.
  say: Print it.
- more: One kilowatt hour is much.
  say: Every month counts.
- link: https://www.nalas.eu/energy
  say: Others do it, too.
  label: Read how
"""


def course(steps: str, files: Mapping[str, bytes] = MEDIA, *, limits: Limits | None = LIMITS) -> Reading:
    lesson = "id: meter\ntitle: The meter\nsteps:\n" + "".join(f"  {line}\n" for line in steps.splitlines())
    content = {"course.yaml": HEAD.encode(), "01.yaml": lesson.encode(), **files}
    return read_bytes("meters.zip", packed(content), limits=limits)


def told(steps: str, files: Mapping[str, bytes] = MEDIA) -> list[tuple[str, int, str]]:
    return [(one.code, one.line, one.message) for one in course(steps, files).problems]


def test_every_kind_of_card_is_read() -> None:
    reading = course(EVERYTHING)

    assert reading.problems == ()
    assert reading.course is not None
    assert reading.course.lessons[0].steps == (
        Say(id="meter-card-1", text="Welcome."),
        Image(id="meter-card-2", path="media/p.jpg", alt="A meter.", text="This is it."),
        Audio(id="meter-card-3", path="media/a.ogg", transcript="A fan hums.", text="Listen."),
        Audio(id="beep", path="media/b.mp3", transcript="It beeps."),
        Video(
            id="meter-card-5",
            path="media/v.mp4",
            alt="A hand turns a valve.",
            transcript="Turn it to three.",
            text="Watch.",
        ),
        File(id="meter-card-6", path="media/form.pdf", alt="A form for twelve months.", text="Print it."),
        More(id="meter-card-7", text="Every month counts.", more="One kilowatt hour is much."),
        Link(
            id="meter-card-8",
            url="https://www.nalas.eu/energy",
            label="Read how",
            text="Others do it, too.",
        ),
    )
    used = {name: content for name, content in MEDIA.items() if not name.endswith("m4a")}
    assert reading.course.media == {name: sha256(content).hexdigest() for name, content in used.items()}
    assert reading.media[sha256(ogg()).hexdigest()] == Media(mime="audio/ogg", content=ogg())
    assert {one.mime for one in reading.media.values()} == {
        "image/jpeg", "audio/ogg", "audio/mpeg", "video/mp4", "application/pdf",
    }  # fmt: skip
    assert from_canonical(canonical(reading.course)) == reading.course


def test_the_texts_of_cards_are_translated() -> None:
    pairs = "".join(f"  - en: {text}\n    mn: M {text}\n" for text in texts(course(EVERYTHING)))
    translated = course(EVERYTHING, {**MEDIA, "i18n/mn.yaml": f"language: mn\nmeter:\n{pairs}".encode()})

    assert translated.course is not None
    assert texts(Reading(course=apply(translated.course, "mn"), problems=())) == [
        f"M {text}" for text in texts(translated)
    ]
    assert texts(translated) == [
        "Welcome.",
        "A meter.",
        "This is it.",
        "Listen.",
        "A fan hums.",
        "It beeps.",
        "A hand turns a valve.",
        "Watch.",
        "Turn it to three.",
        "A form for twelve months.",
        "Print it.",
        "Every month counts.",
        "One kilowatt hour is much.",
        "Others do it, too.",
        "Read how",
    ]


def texts(reading: Reading) -> list[str]:
    assert reading.course is not None
    return [text for step in reading.course.lessons[0].steps for text in step_texts(step)]


@pytest.mark.parametrize(
    ("steps", "problem"),
    [
        ("- audio: media/a.ogg", ("E134", 4, "an audio without `transcript`")),
        ("- video: media/v.mp4\n  transcript: Turn.", ("E130", 4, "a video without `alt`")),
        ("- file: media/form.pdf", ("E130", 4, "a file without `alt`")),
        ("- image: media/p.jpg", ("E130", 4, "a picture without `alt`")),
        (
            "- audio: media/a.og\n  transcript: A fan.",
            ("E131", 4, "there is no file `media/a.og`"),
        ),
        (
            "- audio: https://example.org/a.ogg\n  transcript: A fan.",
            ("E133", 4, "an audio comes with the course: no web address, no `..`, nothing outside"),
        ),
        (
            "- audio: media/v.mp4\n  transcript: A fan.",
            ("E135", 4, "`media/v.mp4` is not an audio in ogg (Opus), mp3 or m4a"),
        ),
        (
            "- video: media/c.m4a\n  alt: A hand.",
            ("E135", 4, "`media/c.m4a` is not a video in mp4"),
        ),
        ("- more: ''\n  say: More.", ("E103", 4, "`more` is empty")),
        ("- link: https://www.nalas.eu", ("E102", 4, "`say` is missing in `link`")),
        (
            "- link: http://www.nalas.eu\n  say: Look.",
            ("E170", 4, "a link to `http://www.nalas.eu` is not allowed"),
        ),
        (
            "- link: https://nalas.eu@elsewhere.example\n  say: Look.",
            ("E170", 4, "a link to `https://nalas.eu@elsewhere.example` is not allowed"),
        ),
        (
            "- link: https://xn--nals-5na.eu\n  say: Look.",
            ("E170", 4, "a link to `https://xn--nals-5na.eu` is not allowed"),
        ),
        (
            "- link: https://www.nalas.eu\n  say: Look.\n  label: → there",
            ("E138", 6, "a `label` that does not start with a word"),
        ),
        (
            "- link: https://www.nalas.eu\n  say: Look.\n  label: Read how the others have done it",
            ("E138", 6, "a `label` of 32 characters; a button has room for 28"),
        ),
        (
            "- audio: media/a.ogg\n  transcript: A fan.\n  image: media/p.jpg",
            ("E112", 6, "one step is both `audio` and `image`"),
        ),
        (
            "- choose: What?\n  link: https://www.nalas.eu\n  id: q",
            ("E112", 5, "one step is both `choose` and `link`"),
        ),
        (
            "- say: Go to [the page](https://nalas.eu@elsewhere.example/x).",
            ("E170", 4, "a link to `https://nalas.eu@elsewhere.example/x` is not allowed"),
        ),
        (
            f"- audio: media/a.ogg\n  say: {'word ' * 100}end.\n  transcript: {'word ' * 100}end.",
            ("E201", 6, "the text has 1038 characters; a caption has room for 964"),
        ),
    ],
)  # fmt: skip
def test_a_mistake_is_told_once(steps: str, problem: tuple[str, int, str]) -> None:
    assert [one for one in told(steps) if one[0] != "W251"] == [problem]


def test_folded_words_count_with_what_stands_above_them() -> None:
    long = "word " * 500

    (problem,) = [one for one in told(f"- more: {long}\n  say: {long}") if one[0].startswith("E")]

    # 2499 above, 2499 folded, 30 kept free; 4096 less 60 for the heading.
    assert problem == ("E201", 4, "the text has 5028 characters; a message has room for 4036")


@pytest.mark.parametrize(
    ("kind", "name", "content", "problem"),
    [
        ("audio", "a.ogg", ogg(60.9), None),
        (
            "audio",
            "a.ogg",
            ogg(90),
            ("W242", "`media/a.ogg` has 90 seconds; few listen longer than a minute"),
        ),
        (
            "audio",
            "a.mp3",
            mp3(frames=12_000),
            ("E136", "`media/a.mp3` has 5.1 MB; the most is 5 MB"),
        ),
        (
            "video",
            "v.mp4",
            mp4(200),
            ("W243", "`media/v.mp4` has 200 seconds; few watch longer than two minutes"),
        ),
        (
            "video",
            "v.mp4",
            mp4(padding=2_100_000),
            ("W244", "`media/v.mp4` has 2.1 MB; many learners pay for each of them"),
        ),
        (
            "video",
            "v.mp4",
            mp4(codec=b"hvc1"),
            ("E135", "`media/v.mp4` is an mp4 that many phones cannot play (`hvc1`)"),
        ),
        (
            "audio",
            "c.m4a",
            mp4(seen=False, sound_codec=b"Opus"),
            ("E135", "`media/c.m4a` is an m4a that many phones cannot play (`Opus`)"),
        ),
        ("file", "form.pdf", pdf(), None),
        (
            "file",
            "form.pdf",
            office(),
            ("E139", "`media/form.pdf` is a docx, whatever its name says"),
        ),
        (
            "file",
            "form.pdf",
            b"MZ\x90\0",
            (
                "E135",
                "`media/form.pdf` is not a pdf, docx, xlsx, odt, csv, txt, png or jpg, or holds a program",
            ),
        ),
        (
            "image",
            "p.jpg",
            jpeg(beside=segment(0xE1, b"Exif\0\0" + exif(6))),
            ("E137", "`media/p.jpg` lies on its side: the camera only noted which way is up"),
        ),
        ("image", "p.jpg", jpeg()[:-9], ("E132", "`media/p.jpg` is cut off or damaged")),
        ("file", "p.png", png()[:-1], ("E132", "`media/p.png` is cut off or damaged")),
    ],
)
def test_media_that_cannot_be_sent_or_are_a_burden(
    kind: str, name: str, content: bytes, problem: tuple[str, str] | None
) -> None:
    problems = told(
        f"- {kind}: media/{name}\n"
        + ("  transcript: Words.\n" if kind in {"audio", "video"} else "")
        + ("" if kind == "audio" else "  alt: It.\n"),
        {f"media/{name}": content},
    )

    assert problems == ([] if problem is None else [(problem[0], 4, problem[1])])


def test_a_film_that_speaks_wants_its_words() -> None:
    speaking = told("- video: media/v.mp4\n  alt: A hand.", {"media/v.mp4": mp4()})
    silent = told("- video: media/v.mp4\n  alt: A hand.", {"media/v.mp4": mp4(sound=False)})

    assert speaking == [("W245", 4, "a video with sound and without `transcript`")]
    assert silent == []


def test_without_limits_nothing_is_advised() -> None:
    reading = course("- audio: media/a.ogg\n  transcript: Words.", {"media/a.ogg": ogg(90)}, limits=None)

    assert reading.problems == ()


def test_the_same_file_named_twice_is_looked_at_once_and_told_twice() -> None:
    steps = "- audio: media/a.ogg\n  transcript: One.\n- audio: media/a.ogg\n  transcript: Two.\n"

    heavy = told(steps, {"media/a.ogg": ogg(90)})
    missing: list[Problem] = list(course(steps, {}).problems)

    assert [(code, line) for code, line, _ in heavy] == [("W242", 4)]
    assert [(one.code, one.line) for one in missing] == [("E131", 4), ("E131", 6)]

"""Cards with something on them: what is shown of it, and how it is fetched."""

from dataclasses import replace
from datetime import time

from sqlalchemy import Connection

from academy import delivering, fetching, looking_back
from academy.messages.cards import Enclosure, EnclosureShown, PageLink
from academy.messages.learning import CardShown, Picture, PictureShown
from academy.outgoing import OUTGOING, Show
from academy.places import Pressed
from lessons.markup import RichText, Span
from lessons.media import Media
from lessons.model import Course
from lessons.steps import Audio, Card, File, Image, Link, More, Say, Video
from storage import courses, people
from tests.academy.presses import NOW, go_on
from tests.academy.school import ACADEMY, ENERGY, LESSONS, MONDAY, Learner, join, screen

OGG, MP3, MP4, PDF, PNG = ("1" * 64, "2" * 64, "3" * 64, "4" * 64, "5" * 64)
MEDIA = {
    OGG: Media(mime="audio/ogg", content=b"x" * 85_000),
    MP3: Media(mime="audio/mpeg", content=b"x" * 90_000),
    MP4: Media(mime="video/mp4", content=b"x" * 1_300_000),
    PDF: Media(mime="application/pdf", content=b"x" * 12_000),
    PNG: Media(mime="image/png", content=b"x" * 30_000),
}
PATHS = {
    "media/a.ogg": OGG,
    "media/b.mp3": MP3,
    "media/v.mp4": MP4,
    "media/form.pdf": PDF,
    "media/p.png": PNG,
}
CARDS: tuple[Card, ...] = (
    Audio(id="c1", path="media/a.ogg", transcript="A fan **hums**.", text="Listen."),
    Audio(id="c2", path="media/b.mp3", transcript="It beeps."),
    Video(id="c3", path="media/v.mp4", alt="A hand.", transcript="Turn it.", text="Watch."),
    File(id="c4", path="media/form.pdf", alt="A form."),
    Image(id="c5", path="media/p.png", alt="A meter."),
    More(id="c6", text="Every month counts.", more="One *kWh* is much."),
    Link(id="c7", url="https://www.nalas.eu/energy", label="Read how", text="Others do it, too."),
    Say(id="c8", text="That is all."),
)
VOICE = Enclosure(form="voice", sha256=OGG, name="a.ogg", size_bytes=85_000)
AUDIO = Enclosure(form="audio", sha256=MP3, name="b.mp3", size_bytes=90_000)
FILM = Enclosure(form="video", sha256=MP4, name="v.mp4", alt="A hand.", size_bytes=1_300_000)
FORM = Enclosure(form="file", sha256=PDF, name="form.pdf", alt="A form.", size_bytes=12_000)
HUMS = RichText("A fan hums.", (Span(start=6, length=4, kind="bold"),))


def course_of(*steps: Card) -> Course:
    lesson = replace(LESSONS[0], steps=steps)
    return replace(ENERGY, lessons=(lesson, *LESSONS[1:]), media=PATHS)


def begin(tx: Connection, *, text_only: bool = False) -> Learner:
    course = course_of(*CARDS)
    courses.publish(tx, course=course, media=MEDIA, now=MONDAY)
    learner = join(tx, course=course, at=time(9))
    if text_only:
        people.set_text_only(tx, learner.person_id, on=True)
    delivering.begin(tx, enrollment_id=learner.enrollment_id, now=MONDAY, academy=ACADEMY)
    return learner


def cards_of(learner: Learner) -> list[CardShown]:
    shown = [one.message for one in learner.heard() if isinstance(one, Show)]
    return [message for message in shown if isinstance(message, CardShown)]


def test_each_card_carries_what_is_its_own(tx: Connection) -> None:
    learner = begin(tx)
    for step in range(7):
        go_on(learner, step)

    shown = cards_of(learner)

    first = CardShown(
        assignment_id=learner.open.id,
        step=0,
        lesson=1,
        lessons=3,
        card=1,
        cards=8,
        title="What runs at night?",
        text=RichText("Listen."),
        enclosure=VOICE,
        transcript=HUMS,
    )
    bare = replace(first, title="", text=RichText(""), enclosure=None, transcript=RichText(""))
    assert shown == [
        first,
        replace(bare, step=1, card=2, enclosure=AUDIO, transcript=RichText("It beeps.")),
        replace(
            bare,
            step=2,
            card=3,
            text=RichText("Watch."),
            enclosure=FILM,
            transcript=RichText("Turn it."),
        ),
        replace(bare, step=3, card=4, enclosure=FORM),
        replace(bare, step=4, card=5, picture=Picture(sha256=PNG, alt="A meter.")),
        replace(
            bare,
            step=5,
            card=6,
            text=RichText("Every month counts."),
            folded=RichText("One kWh is much.", (Span(start=4, length=3, kind="italic"),)),
        ),
        replace(
            bare,
            step=6,
            card=7,
            text=RichText("Others do it, too."),
            link=PageLink(url="https://www.nalas.eu/energy", host="www.nalas.eu", label="Read how"),
        ),
        replace(bare, step=7, card=8, text=RichText("That is all."), last=True),
    ]
    # They wait as JSON, and come out of it as they went in.
    kept = [Show(message=message) for message in shown]
    assert [OUTGOING.validate_json(OUTGOING.dump_json(one)) for one in kept] == kept


def test_what_is_fetched_comes_once_for_each_message(tx: Connection) -> None:
    learner = begin(tx, text_only=True)
    for step in range(5):
        go_on(learner, step)
    before = len(learner.heard())

    outcomes = [fetch(learner, step) for step in (0, 0, 1, 2, 3, 4)]

    assert outcomes == ["done"] * 6
    assert learner.heard()[before:] == [
        Show(message=EnclosureShown(enclosure=VOICE, transcript=HUMS)),
        Show(message=EnclosureShown(enclosure=AUDIO, transcript=RichText("It beeps."))),
        Show(message=EnclosureShown(enclosure=FILM, transcript=RichText("Turn it."))),
        Show(message=EnclosureShown(enclosure=FORM)),
        Show(message=PictureShown(picture=Picture(sha256=PNG, alt="A meter.", size_bytes=30_000))),
    ]


def test_nothing_is_fetched_that_is_not_there_or_not_yet_shown(tx: Connection) -> None:
    learner = begin(tx, text_only=True)
    for step in range(6):
        go_on(learner, step)
    stranger = join(tx, address=8, course=course_of(*CARDS))
    before = len(learner.heard()) + len(stranger.heard())

    # A folded text and a link have nothing to fetch; step 7 is ahead; 99 is none.
    outcomes = [fetch(learner, step) for step in (5, 6, 7, 99)]
    foreign = fetching.show_media(tx, pressed(stranger.person_id, learner.open.id, step=0), now=NOW)

    assert [*outcomes, foreign] == ["unknown"] * 5
    assert len(learner.heard()) + len(stranger.heard()) == before


def test_a_finished_lesson_is_read_and_fetched_again(tx: Connection) -> None:
    learner = begin(tx, text_only=True)
    assignment_id = learner.open.id
    for step in range(8):
        go_on(learner, step)
    before = len(learner.heard())

    read = looking_back.read_again(tx, pressed(learner.person_id, assignment_id, step=0), now=NOW)
    fetched = fetching.show_media(tx, pressed(learner.person_id, assignment_id, step=0), now=NOW)

    assert (read, fetched) == ("done", "done")
    again, voice = (one.message for one in learner.heard()[before:] if isinstance(one, Show))
    assert isinstance(again, CardShown)
    assert (again.enclosure, again.transcript, again.text_only, again.again) == (VOICE, HUMS, True, True)
    assert voice == EnclosureShown(enclosure=VOICE, transcript=HUMS)


def test_a_card_whose_file_is_gone_still_has_its_words(tx: Connection) -> None:
    course = replace(course_of(*CARDS), media={})
    courses.publish(tx, course=course, media={}, now=MONDAY)
    learner = join(tx, course=course, at=time(9))

    delivering.begin(tx, enrollment_id=learner.enrollment_id, now=MONDAY, academy=ACADEMY)

    (card,) = cards_of(learner)
    assert (card.text, card.enclosure, card.transcript) == (RichText("Listen."), None, HUMS)


def fetch(learner: Learner, step: int) -> str:
    return fetching.show_media(learner.tx, pressed(learner.person_id, learner.open.id, step=step), now=NOW)


def pressed(person_id: int, assignment_id: int, *, step: int) -> Pressed:
    return Pressed(person_id=person_id, assignment_id=assignment_id, step=step, screen=screen(500))

"""What is wrong is told in sentences, whatever was found."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from app.rehearsal_report import as_text, problems, warnings
from app.rehearsing import Played, Rehearsal, Said
from lessons.model import Course, Lesson
from lessons.steps import Say
from scheduler.rehearsal import Load

REFUSED = "{question}: the answer that the course calls right did not count as right on the phone of {who}"
NINE = datetime(2026, 11, 30, 9, tzinfo=UTC)
COURSE = Course(
    id="tea",
    title="Tea",
    language="en",
    version="1.0.0",
    lessons=tuple(
        Lesson(id=name, title=name, steps=(Say(id=f"{name}-card-1", text="Hello."),)) for name in ("a", "b")
    ),
)


def found(*played: Played, undelivered: int = 0, never_asked: tuple[str, ...] = ()) -> Rehearsal:
    return Rehearsal(
        course=COURSE,
        zone=ZoneInfo("UTC"),
        played=played,
        undelivered=undelivered,
        never_asked=never_asked,
    )


def keen(*, finished: int = 2, stuck: str = "") -> Played:
    return Played(name="Keen 1", habit="keen", language="en", finished=finished, stuck=stuck)


def test_a_sound_course_has_no_problem() -> None:
    assert list(problems(found(keen()))) == []


def test_every_problem_is_told() -> None:
    lost = keen(finished=1, stuck="bot: Continue?")
    late = Played(name="Late 2", habit="late", language="mn", refused=["q-b", "q-a"])
    busy = Played(name="Busy 3", habit="busy", language="en", refused=["q-a"])

    assert list(problems(found(lost, late, busy, keen(finished=1), undelivered=1))) == [
        "Keen 1 (en) could not go on. The phone showed:\nbot: Continue?",
        "Keen 1 (en) answered everything right and finished only 1 of 2 lessons",
        REFUSED.format(question="q-a", who="Late 2 (mn), Busy 3 (en)"),
        REFUSED.format(question="q-b", who="Late 2 (mn)"),
        "Telegram would refuse 1 message",
    ]


def test_every_warning_is_told() -> None:
    hours = Load(at=NINE, messages=300_000, seconds=10_101.0)

    assert list(warnings(found(keen(), never_asked=("q-a",)), hours)) == [
        "at 09:00 the last of 300,000 learners waits 2.8 hours; give the groups different hours",
        "q-a: nobody was asked it, though its lesson was finished",
    ]
    assert list(warnings(found(keen()), Load(at=NINE, messages=30, seconds=1.0))) == []


def test_the_words_of_a_day_are_cut_and_counted() -> None:
    one = keen()
    one.said = [
        Said(at=NINE, kind="lesson", silent=False, by_itself=True, words="x" * 70),
        Said(at=NINE, kind="card", silent=True, by_itself=False, words="Hello."),
        Said(at=NINE + timedelta(days=1), kind="card", silent=True, by_itself=False, words="Hello."),
    ]

    assert as_text(found(one), learners=1, rate_per_second=30) == (
        "tea 1.0.0, 2 lessons, played by 1 learner in UTC\n"
        "\n"
        "Keen 1 (en) learns at once, answers right: 2 of 2 lessons\n"
        f"  Mon 30 Nov  09:00  lesson: {'x' * 59}…; 1 silent\n"
        "  Tue 01 Dec  09:00  nothing buzzes; 1 silent\n"
        "\n"
        "Messages a day and learner: 2 on average, 2 at most; at most 1 of them buzz.\n"
        "Most at one minute: 1 messages on Mon 30 Nov at 09:00 for 1 learner; at 30 a second they need 1 s"
        " (reckoned, not played).\n"
        "Nobody got stuck, and no right answer was refused: 0 questions."
    )

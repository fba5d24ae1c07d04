"""Lives of a small group, whatever comes together: what is added up stays what counting again says."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from academy import placing, privacy, publishing, reporting
from academy.republishing import Plan, move
from learners.records import Response, Verdict
from lessons.model import Course, FinalTest, Lesson
from lessons.steps import Open, Say, TrueFalse
from reports.completion import GroupReport, group_report
from storage import courses, enrollments, groups, open_answers, records, report_facts, summaries
from tests.academy.cohort import facilitator
from tests.academy.school import ACADEMY, MONDAY, Learner, join

MINUTE = timedelta(minutes=1)
LEARNERS = (1, 2)
QUESTIONS = 6
HOMES = (0, 0, 1, 1, 2, 3)
"""The lesson of each question in the first version; the last lesson is a test."""

Act = Literal[
    "study",
    "give",
    "answer",
    "finish",
    "pass",
    "grade",
    "publish",
    "correct",
    "move",
    "place",
    "leave",
    "come",
    "erase",
]
ACTS: st.SearchStrategy[Act] = st.sampled_from(
    (
        *("study", "study", "study", "study", "give", "answer", "answer", "finish", "pass", "grade"),
        *("publish", "correct", "move", "place", "leave", "come", "erase"),
    )
)
LIVES = st.lists(
    st.tuples(ACTS, st.sampled_from(LEARNERS), st.integers(0, QUESTIONS - 1), st.integers(0, 3)),
    min_size=12,
    max_size=40,
)
MARKS: tuple[tuple[float, Verdict], ...] = (
    (1.0, "right"),
    (1 / 3, "partly"),
    (0.0, "wrong"),
    (0.0, "waiting"),
)


def course(number: int, *, homes: tuple[int, ...] = HOMES, key: bool = True, without: int = -1) -> Course:
    """Version `number`: the questions in these lessons, their answers being `key`, one lesson left out."""
    lessons = tuple(
        Lesson(
            id=f"l{place}",
            title=f"Lesson {place} of {number}",
            steps=(
                Say(id=f"card-{place}", text="Look."),
                *(question(one, key=key) for one, home in enumerate(homes) if home == place),
            ),
            test=FinalTest(draw=1, pass_percent=60) if place == 3 else None,
        )
        for place in range(4)
        if place != without
    )
    return Course(id="town", title="Town", language="en", version=str(number), lessons=lessons)


def question(number: int, *, key: bool) -> TrueFalse | Open:
    if number == 0:
        return Open(id="q0", prompt="Where?", points=2, tries=1)
    return TrueFalse(id=f"q{number}", prompt="So?", answer=key, points=1 + number % 2)


class Town:
    """A group of two, and everything that can happen to them."""

    def __init__(self, tx: Connection) -> None:
        self.tx = tx
        self.now: datetime = MONDAY
        self.versions = 1
        self.learners = {number: self._joined(number) for number in LEARNERS}
        self.group = groups.by_name(tx, "Town hall")
        assert self.group is not None
        self.helper = facilitator(tx, self.group)

    def _joined(self, number: int) -> Learner:
        learner = join(self.tx, address=number, course=course(1), group="Town hall", now=self.now)
        enrollments.set_state(self.tx, learner.enrollment_id, "active", started_at=self.now)
        return learner

    def happens(self, act: Act, who: int, question: int, how: int) -> None:
        self.now += 10 * MINUTE
        learner = self.learners.get(who)
        match act:
            case "publish" | "correct":
                self._publish(question, how, corrected=act == "correct")
            case _ if learner is None:
                pass
            case "study":
                self._give(learner, question)
                for number in range(QUESTIONS):
                    self._answer(learner, number, how % 3)
                self._finish(learner, question, how)
            case "give":
                self._give(learner, question)
            case "answer":
                self._answer(learner, question, how)
            case "finish":
                self._finish(learner, question, how)
            case "pass":
                for one in [one for one in learner.given if one.drawn and one.finished_at][:1]:
                    records.keep_passed(self.tx, one.id)
            case "grade":
                self._grade(learner, how)
            case "move":
                version = courses.versions(self.tx)[how % self.versions]
                move(
                    self.tx,
                    enrollment_id=learner.enrollment_id,
                    version_id=version.id,
                    now=self.now,
                    academy=ACADEMY,
                    keep_under_way=question % 2 == 0,
                )
            case "place":
                placing.jump(
                    self.tx,
                    person=learner.person,
                    group_id=learner.enrollment.group_id,
                    lesson_id=f"l{how}",
                    step=question % 2,
                    now=self.now,
                    academy=ACADEMY,
                )
            case "leave":
                enrollments.set_state(self.tx, learner.enrollment_id, "withdrawn")
            case "come":
                assert self.group is not None
                group = groups.group(self.tx, self.group.id)
                enrollments.enroll(self.tx, person_id=learner.person_id, group=group, now=self.now)
            case "erase":
                del self.learners[who]
                privacy.erase(self.tx, person=learner.person, screen=None, now=self.now)

    def _give(self, learner: Learner, first: int) -> None:
        """Give the first lesson from there on that may be given."""
        version = learner.enrollment.course_version_id
        had = [one.lesson_id for one in learner.given]
        lessons = courses.course(self.tx, version).lessons
        for lesson in (*lessons[first % len(lessons) :], *lessons):
            attempt = had.count(lesson.id) + 1
            if attempt == 1 or (lesson.test is not None and attempt <= 2):
                records.assign(
                    self.tx,
                    enrollment_id=learner.enrollment_id,
                    lesson_id=lesson.id,
                    course_version_id=version,
                    at=self.now,
                    on=self.now.date(),
                    started_at=self.now,
                    attempt=attempt,
                    asked=True,
                )
                return

    def _answer(self, learner: Learner, question: int, how: int) -> None:
        """In the open lesson, or late in one that is finished; now and then to a question of another."""
        if not learner.given:
            return
        lesson = (
            records.open_assignment(self.tx, learner.enrollment_id)
            or learner.given[question % len(learner.given)]
        )
        shown = courses.course(self.tx, lesson.course_version_id).lesson(lesson.lesson_id)
        ids = [one.id for one in shown.questions] or ["q5"]
        asked = f"q{question}" if how == 3 and question else ids[question % len(ids)]
        score, verdict = MARKS[3] if asked == "q0" else MARKS[how % 3]
        earlier = records.responses_to(self.tx, lesson.id, asked)
        made = Response(
            assignment_id=lesson.id,
            lesson_id=lesson.lesson_id,
            question_id=asked,
            try_number=len(earlier) + 1,
            response="0" if score else "1",
            score=score,
            verdict=verdict,
            answered_at=self.now + how * MINUTE,
        )
        assert records.add_response(self.tx, made)
        assert not records.add_response(self.tx, made)
        if asked == "q0":
            open_answers.keep(
                self.tx,
                assignment_id=lesson.id,
                question_id=asked,
                text="There.",
                voice=None,
                message_id=len(earlier) + 1000 * lesson.id,
                now=self.now,
            )

    def _finish(self, learner: Learner, question: int, how: int) -> None:
        lesson = records.open_assignment(self.tx, learner.enrollment_id)
        if lesson is None:
            self._give(learner, question)
            return
        shown = courses.course(self.tx, lesson.course_version_id).lesson(lesson.lesson_id)
        drawn = tuple(one.id for one in shown.questions)[:1] if shown.test is not None else ()
        # Sometimes by a clock that was set back.
        at = self.now - 25 * MINUTE if how == 3 else self.now
        assert records.change(self.tx, lesson, replace(lesson, step=2, finished_at=at, drawn=drawn))

    def _grade(self, learner: Learner, how: int) -> None:
        for one in learner.given:
            answer = open_answers.to_question(self.tx, assignment_id=one.id, question_id="q0")
            if answer is not None:
                assert open_answers.grade(
                    self.tx,
                    answer.response_id,
                    version=answer.version,
                    round_=answer.round + 1,
                    points=how % 3,
                    of_points=2,
                    comment="",
                    by=self.helper.id,
                    now=self.now,
                )
                return

    def _publish(self, question: int, how: int, *, corrected: bool) -> None:
        """A new version: another key, a question in another lesson, or a lesson less."""
        self.versions += 1
        homes = (
            HOMES if corrected else tuple(how if one == question else home for one, home in enumerate(HOMES))
        )
        made = course(
            self.versions,
            homes=homes,
            key=self.versions % 2 == 1,
            without=question if not corrected and how == question else -1,
        )
        plan = Plan(corrected_key=True) if corrected else Plan(reach="also-finished")
        publishing.publish_over(self.tx, course=made, media={}, plan=plan, now=self.now, academy=ACADEMY)


def counted(tx: Connection, *, group_id: int, now: datetime) -> GroupReport:
    """The report of the group from every single fact."""
    group = groups.group(tx, group_id)
    versions = {one.id: courses.course(tx, one.id) for one in courses.versions(tx)}
    return group_report(
        group,
        course=versions[group.course_version_id],
        records=report_facts.learner_records(tx, group.id),
        now=now,
        zone=ZoneInfo(group.zone),
        quiet=ACADEMY.quiet,
        versions=versions,
    )


@given(LIVES)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happens_the_report_is_what_counting_again_says(
    tx: Connection, life: list[tuple[Act, int, int, int]]
) -> None:
    undone = tx.begin_nested()
    town = Town(tx)
    assert town.group is not None
    for act, who, question_, how in life:
        town.happens(act, who, question_, how)
        assert summaries.wrong(tx) == ()
    group = groups.group(tx, town.group.id)

    report = reporting.completion(tx, group=group, now=town.now, academy=ACADEMY)

    assert report == counted(tx, group_id=group.id, now=town.now)
    undone.rollback()

"""The author's side of a preview: the course on the phones, and the one on disk (preview.workbench).

What has errors never reaches the phones; they stay with the last course that was good.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, assert_never
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from academy import placing, renewing
from academy.places import place_at
from academy.placing import Placed
from app.furnishing import Furnished
from app.scripts import script_of
from app.transcripts import transcript_of
from app.trial import Trial
from lessons.markup import parse
from lessons.model import Course
from lessons.problems import Problem, draw
from lessons.reader import Reading
from lessons.steps import CARDS, More, Step
from lessons.versions import content_hash
from preview.workbench import Desk, LessonLine, ProblemLine, SavedFile, Standing, StepLine
from storage import courses, due, enrollments, people, records

WORDS_CHARS = 70
"""Of a step in the list of lessons: one line of the panel."""


class Workbench:
    """Answers for the course in one preview."""

    def __init__(
        self,
        running: Trial,
        *,
        path: Path,
        reading: Reading,
        furnished: Furnished,
        wall_clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        assert reading.course is not None
        self._running = running
        self._path = path
        self._furnished = furnished
        self._wall_clock = wall_clock
        self._course = reading.course
        """On the phones."""
        self._hash = content_hash(reading.course)
        self._saves = 1
        self._began_at = running.clock()
        self._desk = self._described(reading, revision=1)

    def desk(self) -> Desk:
        """Return the course as it stands."""
        return self._desk

    async def take(self, reading: Reading) -> None:
        """Put what was read onto the phones; with errors only the problems are shown."""
        course = reading.course
        if course is not None and content_hash(course) != self._hash:
            await self._renew(course, reading)
        self._desk = self._described(reading, revision=self._desk.revision + 1)
        self._running.server.world.changes.bump()

    async def standings(self) -> tuple[Standing, ...]:
        """Return where everybody is who has joined."""
        return await self._running.service.parts.database.read(self._standings)

    async def jump(self, *, person_id: int, lesson_id: str, step: int) -> str:
        """Put somebody at this step, to begin anew there; return why not, empty when done."""
        now, academy = self._running.clock(), self._running.service.parts.academy()

        def jumped(tx: Connection) -> Placed:
            person = people.by_address(tx, person_id)
            if person is None:
                return "not_a_learner"
            return placing.jump(
                tx,
                person=person,
                group_id=self._furnished.group_id,
                lesson_id=lesson_id,
                step=step,
                now=now,
                academy=academy,
            )

        outcome = await self._running.service.parts.database.run(jumped)
        if outcome == "done":
            step_id = self._course.lesson(lesson_id).steps[step].id
            self._note("jumped", f"{lesson_id}/{step_id}", person_id=person_id)
        return _why_not(outcome)

    def transcript(self, *, person_id: int) -> SavedFile:
        """Return the conversation of this person as Markdown."""
        world = self._running.server.world
        person = world.chats[person_id].person
        return transcript_of(
            world.diary.of(person_id),
            person=person.first_name,
            bot=world.bot.name,
            course=self._course,
            version=self._desk.version,
            zone=self._zone,
        )

    async def save_script(self, *, person_id: int) -> SavedFile | str:
        """Return the test made of this conversation, kept beside the course; in words why there is none."""
        # Or the test ends before the bot has said everything, and is not fulfilled when it does.
        await self._running.mover.settled()
        world = self._running.server.world
        made = script_of(
            world.diary.of(person_id),
            person=world.chats[person_id].person,
            course=self._course,
            began_at=self._began_at,
            zone=self._zone,
            joined=await self._running.service.parts.database.read(lambda tx: self._number(tx, person_id)),
            token=self._furnished.token,
        )
        if made is None:
            return (
                "The course was saved since this conversation began. "
                "Choose a step, go through it once more, and make the test then."
            )
        folder = (self._path if self._path.is_dir() else self._path.parent) / "tests"
        return await asyncio.to_thread(_kept, folder, made)

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self._running.settings.academy.zone)

    async def _renew(self, course: Course, reading: Reading) -> None:
        self._saves += 1
        version = renewing.preview_version(course.version, save=self._saves)
        now, academy = self._running.clock(), self._running.service.parts.academy()
        await self._running.service.parts.database.run(
            lambda tx: renewing.renew(
                tx,
                course=replace(course, version=version),
                media=reading.media,
                group_id=self._furnished.group_id,
                now=now,
                academy=academy,
            )
        )
        self._course, self._hash = course, content_hash(course)
        self._note("course", version, person_id=None)

    def _note(self, what: Literal["jumped", "course"], words: str, *, person_id: int | None) -> None:
        # Before the sender is woken: what is said because of it comes after it.
        self._running.server.world.diary.note(what, words, person_id=person_id)
        self._running.service.parts.sender.wake()

    def _described(self, reading: Reading, *, revision: int) -> Desk:
        version = self._course.version
        if self._saves > 1:
            version = renewing.preview_version(version, save=self._saves)
        return Desk(
            title=self._course.title,
            version=version,
            lessons=tuple(
                LessonLine(
                    id=lesson.id,
                    title=lesson.title,
                    is_test=lesson.test is not None,
                    steps=tuple(_step_line(step) for step in lesson.steps),
                )
                for lesson in self._course.lessons
            ),
            problems=tuple(
                self._problem_line(problem)
                for problem in sorted(reading.problems, key=lambda one: one.severity != "error")
            ),
            is_shown=reading.course is not None,
            read_at=self._wall_clock(),
            revision=revision,
        )

    def _problem_line(self, problem: Problem) -> ProblemLine:
        file = Path(problem.path)
        folder = self._path if self._path.is_dir() else self._path.parent
        name = str(file.relative_to(folder)) if file.is_relative_to(folder) else problem.path
        return ProblemLine(
            severity=problem.severity,
            code=problem.code,
            place=name if problem.line == 0 else f"{name}:{problem.line}:{problem.column}",
            message=problem.message,
            fix=problem.fix,
            drawn=draw(problem),
        )

    def _standings(self, tx: Connection) -> tuple[Standing, ...]:
        found = []
        for enrollment in enrollments.in_group(tx, self._furnished.group_id):
            waiting = records.open_assignment(tx, enrollment.id)
            place = None if waiting is None else place_at(tx, waiting)
            # A lesson that waits to be begun has steps, and nobody is at one of them.
            begun = place is not None and place.assignment.started_at is not None
            steps = place.lesson.steps if place is not None and begun else ()
            step = 0 if waiting is None else waiting.step
            version_id = enrollment.course_version_id if waiting is None else waiting.course_version_id
            found.append(
                Standing(
                    person_id=people.get(tx, enrollment.person_id).address,
                    lesson_id="" if waiting is None else waiting.lesson_id,
                    step=step,
                    step_id=steps[step].id if step < len(steps) else "",
                    steps=len(steps),
                    version=courses.course(tx, version_id).version,
                    try_number=1 if waiting is None else waiting.try_number,
                    next_at=due.due_at(tx, enrollment.id),
                )
            )
        return tuple(found)

    def _number(self, tx: Connection, address: int) -> int:
        """Return as which person somebody joined the group, from 1; 0 when they have not."""
        person = people.by_address(tx, address)
        members = [one.person_id for one in enrollments.in_group(tx, self._furnished.group_id)]
        return members.index(person.id) + 1 if person is not None and person.id in members else 0


def _why_not(outcome: Placed) -> str:
    match outcome:
        case "done":
            return ""
        case "no_such_step":
            return "The course on the phones has no such step."
        case "not_a_learner":
            return "Only learners who have written to the bot can be put at a step."
    assert_never(outcome)


def _step_line(step: Step) -> StepLine:
    if isinstance(step, CARDS):
        words = step.text or (step.more if isinstance(step, More) else getattr(step, "alt", ""))
    else:
        words = step.prompt
    plain = " ".join(parse(words).text.split())
    if len(plain) > WORDS_CHARS:
        plain = plain[:WORDS_CHARS].rstrip() + "…"
    return StepLine(id=step.id, kind=step.kind, words=plain)


def _kept(folder: Path, made: SavedFile) -> SavedFile:
    """Write the file under a name that is free: `x.yaml`, `x-2.yaml`, …"""
    folder.mkdir(exist_ok=True)
    stem, dot, suffix = made.name.rpartition(".")
    names = (made.name, *(f"{stem}-{number}{dot}{suffix}" for number in range(2, 10_000)))
    file = next(folder / name for name in names if not (folder / name).exists())
    with file.open("x", encoding="utf-8") as opened:
        opened.write(made.content)
    return SavedFile(name=str(file), content=made.content)

"""Facts stay as they were put down, and what people are shown is what follows from them (I3, I7).

Progress is counted here once more, from the tables, and compared with the words on the phone.
"""

import sqlite3
from math import floor
from typing import TYPE_CHECKING, Final

from faults.simulation.journal import Journal
from i18n.catalog import translator
from lessons.model import Course

if TYPE_CHECKING:
    from faults.simulation.play import Simulation

_FACTS: Final = """
SELECT r.id, r.answered_at, a.id, a.assigned_at, question_id, r.try_number, response, score, verdict
FROM responses r JOIN assignments a ON a.id = r.assignment_id
"""
_SETTLED: Final = """
SELECT id, created_at, state FROM outbox WHERE state IN ('sent', 'refused', 'cancelled')
"""
# By when they were made too: SQLite gives the id of an erased row to the next one.
_ASSIGNMENT: Final = "SELECT 1 FROM assignments WHERE id = ? AND assigned_at = ?"
_DELIVERY: Final = "SELECT 1 FROM outbox WHERE id = ? AND created_at = ?"
_ENROLLED: Final = """
SELECT e.id, e.state, p.language FROM enrollments e JOIN people p ON p.id = e.person_id
WHERE p.address = ? AND e.state IN ('active', 'paused', 'finished')
"""
_WORTH: Final = """
SELECT r.question_id,
       coalesce(
         (SELECT g.points / g.of_points FROM grades g WHERE g.response_id = r.id ORDER BY g.id DESC LIMIT 1),
         (SELECT s.score FROM rescored s WHERE s.response_id = r.id ORDER BY s.id DESC LIMIT 1),
         r.score
       ),
       r.verdict = 'waiting' AND NOT EXISTS (SELECT 1 FROM grades g WHERE g.response_id = r.id)
FROM responses r JOIN assignments a ON a.id = r.assignment_id WHERE a.enrollment_id = ?
"""
_FINISHED: Final = """
SELECT DISTINCT lesson_id FROM assignments WHERE enrollment_id = ? AND finished_at IS NOT NULL
"""


class Facts:
    """What was put down for good, as it was when it was first seen."""

    def __init__(self, raw: sqlite3.Connection, *, journal: Journal) -> None:
        self._raw = raw
        self._journal = journal
        self._answers: dict[tuple[int, int], tuple[object, ...]] = {}
        self._settled: dict[tuple[int, int], str] = {}

    def look(self) -> None:
        """Compare with what was there before."""
        answers = {(row[0], row[1]): row[2:] for row in self._raw.execute(_FACTS)}
        for key, fact in self._answers.items():
            if key not in answers and self._is_there(_ASSIGNMENT, fact[:2]):
                self._journal.breaks("I3", f"response {key[0]} is gone, and its learner is not")
            if answers.get(key, fact) != fact:
                self._journal.breaks("I3", f"response {key[0]} was {fact} and is {answers[key]}")
        settled = {(row[0], row[1]): str(row[2]) for row in self._raw.execute(_SETTLED)}
        for key, state in self._settled.items():
            if settled.get(key, state) != state or (key not in settled and self._is_there(_DELIVERY, key)):
                self._journal.breaks("I1", f"delivery {key[0]} was {state} and is not any more")
        self._answers, self._settled = answers, settled

    def _is_there(self, query: str, key: tuple[object, ...]) -> bool:
        return self._raw.execute(query, key).fetchone() is not None


def shown_as_counted(simulation: "Simulation", *, course: Course) -> None:
    """Compare what /progress has just said with what follows from the facts."""
    raw = simulation.disk.raw
    for phone in simulation.crowd.learners:
        if phone.chat.blocked:
            continue
        shown = [message.text for message in phone.chat.messages.values() if message.from_bot][-6:]
        for enrollment, state, language in raw.execute(_ENROLLED, (phone.address,)).fetchall():
            simulation.compared += 1
            expected = _counted(raw, enrollment, course=course, language=language or "en")
            if not any(text.startswith(expected) for text in shown):
                says = f"enrollment {enrollment}, {state}: {expected!r} is not among {shown}"
                simulation.journal.breaks("I7", says)


def _counted(raw: sqlite3.Connection, enrollment: int, *, course: Course, language: str) -> str:
    finished = {lesson for (lesson,) in raw.execute(_FINISHED, (enrollment,))}
    best: dict[str, float] = {}
    waiting = set()
    for question, score, waits in raw.execute(_WORTH, (enrollment,)):
        best[question] = max(score, best.get(question, 0.0))
        if waits:
            waiting.add(question)
    counted = [
        question
        for lesson in course.lessons
        for question in lesson.questions
        if (lesson.id in finished or question.id in best) and question.id not in waiting
    ]
    words = translator(language)
    done = sum(lesson.id in finished for lesson in course.lessons)
    told = words.plural(
        "{course}: {done} of {n} lesson.",
        "{course}: {done} of {n} lessons.",
        n=len(course.lessons),
        course=course.title,
        done=done,
    )
    possible = sum(question.points for question in counted)
    if not possible:
        return told
    reached = sum(best.get(question.id, 0.0) * question.points for question in counted)
    return f"{told} " + words("Score {percent}%.", percent=floor(100 * reached / possible + 1e-9))

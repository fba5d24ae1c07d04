"""`review`: said once for the course, or for one question; nothing changes where it is not said."""

from pathlib import Path

import pytest

from lessons.limits import Limits
from lessons.model import Course
from lessons.reader import Reading, read
from lessons.versions import canonical, content_hash, from_canonical

LIMITS = Limits(text_chars=4096, caption_chars=1024, button_chars=28, picture_bytes=300 * 1024)
TEA = """\
format: 1
id: tea
title: Tea
language: en
version: 1.0.0
{course}
lessons:
  - id: pot
    title: The pot
    steps:
      - true_false: Water first?
        id: q-water
        answer: true
        {question}
      - number: How many grams?
        id: q-grams
        answer: 10
      - open: What tea do you drink?
        id: q-own
        {open}
      - rate: How sure are you?
        id: s-sure
  - id: exam
    title: The test
    test: yes
    steps:
      - true_false: Milk last?
        id: q-milk
        answer: true
"""


def reading(tmp_path: Path, *, course: str = "", question: str = "", open_: str = "") -> Reading:
    path = tmp_path / "course.yaml"
    path.write_text(TEA.format(course=course, question=question, open=open_), encoding="utf-8")
    return read(path, limits=LIMITS)


def written(tmp_path: Path, *, course: str = "", question: str = "") -> Course:
    found = reading(tmp_path, course=course, question=question)
    assert not found.problems
    assert found.course is not None
    return found.course


@pytest.mark.parametrize(
    ("course", "question", "again"),
    [
        ("", "", ()),
        ("review: no", "", ()),
        ("review: yes", "", ("q-water", "q-grams")),
        ("review: yes", "review: no", ("q-grams",)),
        ("", "review: yes", ("q-water",)),
    ],
)
def test_what_comes_again_is_said_by_the_course_or_the_question(
    tmp_path: Path, course: str, question: str, again: tuple[str, ...]
) -> None:
    # Never a question of a test, an open one, or a survey.
    assert written(tmp_path, course=course, question=question).asked_again == again


def test_a_course_that_does_not_say_it_is_written_down_as_before(tmp_path: Path) -> None:
    plain = written(tmp_path)
    refused = written(tmp_path, course="review: no", question="review: no")
    again = written(tmp_path, course="review: yes")

    assert "review" not in canonical(plain)
    assert content_hash(refused) == content_hash(plain) != content_hash(again)
    assert from_canonical(canonical(again)) == again


def test_an_open_question_does_not_come_again(tmp_path: Path) -> None:
    (problem,) = reading(tmp_path, open_="review: yes").problems

    assert (problem.code, problem.message) == (
        "E182",
        "`open` is not asked again: a person reads each answer",
    )
    assert reading(tmp_path, open_="review: no").problems == ()


def test_neither_yes_nor_no_is_told(tmp_path: Path) -> None:
    (problem,) = reading(tmp_path, question="review: sometimes").problems

    assert "`yes` or `no`" in problem.message

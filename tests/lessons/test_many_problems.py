"""Very long lists of problems are cut, and what is cut never changes the verdict."""

from pathlib import Path

from lessons.reader import Reading, read

HEAD = """\
format: 1
id: long
title: Long
language: en
version: 1.0.0
lessons:
"""
# The wrong option has no `why`: one warning (W210) for each lesson.
LESSON = """\
  - id: lesson-{n}
    title: Lesson {n}
    steps:
      - choose: What runs at night, number {n}?
        id: q-{n}
        options:
          - right: Fans
          - wrong: Lamps
"""
MISTAKE = "    minuts: 4\n"


def read_text(tmp_path: Path, text: str) -> Reading:
    file = tmp_path / "long.yaml"
    file.write_text(text, encoding="utf-8")
    return read(file)


def test_warnings_alone_never_make_a_course_unfit(tmp_path: Path) -> None:
    reading = read_text(tmp_path, HEAD + "".join(LESSON.format(n=n) for n in range(400)))

    assert reading.course is not None
    assert reading.errors == ()
    assert [problem.code for problem in reading.problems].count("W210") == 299
    assert [problem.code for problem in reading.problems].count("W016") == 1


def test_no_number_of_warnings_hides_an_error(tmp_path: Path) -> None:
    reading = read_text(tmp_path, HEAD + "".join(LESSON.format(n=n) for n in range(400)) + MISTAKE)

    assert reading.course is None
    assert [problem.code for problem in reading.errors] == ["E101"]


def test_errors_beyond_those_that_are_told_still_make_it_unfit(tmp_path: Path) -> None:
    lessons = "".join(LESSON.format(n=n) + MISTAKE for n in range(400))

    reading = read_text(tmp_path, HEAD + lessons)

    assert reading.course is None
    assert len(reading.errors) == 300
    assert [problem.code for problem in reading.errors].count("E016") == 1


def test_a_mistake_that_ends_the_reading_is_told_after_any_number_of_others(tmp_path: Path) -> None:
    # Each doubled key is a problem of its own; the open bracket makes all of them be read once more.
    reading = read_text(tmp_path, HEAD.replace("lessons:\n", "title: Longer\n" * 700) + "summary: [\n")

    assert [problem.code for problem in reading.problems] == ["E009"]

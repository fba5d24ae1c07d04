import struct
from collections.abc import Mapping
from datetime import time
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest

from lessons.limits import Limits
from lessons.media import Media
from lessons.model import Course, Lesson, Pace, Pair, Translation
from lessons.problems import draw
from lessons.reader import Reading, read, read_bytes
from lessons.steps import (
    Choose,
    ChooseAll,
    Image,
    KnownNumber,
    KnownText,
    Number,
    Option,
    Say,
    Text,
    TrueFalse,
)

LIMITS = Limits(text_chars=4096, caption_chars=1024, button_chars=28, picture_bytes=300 * 1024)
PNG = (
    b"\x89PNG\r\n\x1a\n"
    + struct.pack(">I4sIIBBBBB", 13, b"IHDR", 640, 480, 8, 2, 0, 0, 0)
    + b"\0\0\0\0\0\0\0\0IEND\xaeB`\x82"
)
HEAD = "format: 1\nid: heat\ntitle: Heat\nlanguage: en\nversion: 1.0.0\n"
LESSON = "id: one\ntitle: One degree\nsteps:\n  - say: Close the window.\n"

EVERYTHING = """\
format: 1
id: energy-basics
title: Save energy in our buildings
summary: Ten short lessons.
language: en
version: 1.10
licence: CC-BY-SA-4.0
authors: [Iryna Koval (Lviv), Energy Agency]
pace: {days: [mon, wednesday], at: 21:00, catch_up: one_at_a_time}
pass: 75%
tries: 3
facilitator: {notes: Ask for a bill.}
lessons:
  - id: night
    title: "What runs at night?"
    minutes: 5
    goal: Name two loads.
    facilitator:
      notes: Bring a meter.
      watch_for: People blame computers.
    steps:
      - say: |
          **Your building works at night.**

          In 38% of them.
      - image: media/night.png
        alt: A bar chart.
        say: The grey bars.
      - choose: What uses most?
        id: q-most
        points: 2
        tries: 1
        image: media/night.png
        alt: A bar chart.
        shuffle: no
        keep_last: yes
        options:
          - right: Fans
            why: Yes.
          - wrong: None of these
            why: One does.
        hint: Listen.
        explain: Look for **big**.
      - choose_all: Which can you switch off?
        id: q-off
        options:
          - right: Hall lights
          - wrong: Servers
            why: Ask IT.
      - true_false: Tilted is better.
        id: q-tilted
        answer: no
        why: It cools the walls.
      - number: How many kWh?
        id: q-kwh
        answer: 150
        tolerance: 2%
        unit: kWh
        close:
          - {when: 150000, why: Those are Wh.}
        hint: [kW × hours., 0.5 kW.]
      - number: How warm?
        id: q-warm
        between: [19, 21.5]
      - text: Which part?
        id: q-part
        accept: TRV
        typos: 0
        reject:
          - {when: tap, why: No sensor.}
"""


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def course_in(reading: Reading) -> Course:
    assert [draw(problem) for problem in reading.errors] == []
    assert reading.course is not None
    return reading.course


def test_every_key_arrives_in_the_model_as_it_was_written(tmp_path: Path) -> None:
    write(tmp_path, {"course.yaml": EVERYTHING, "media/night.png": PNG})

    reading = read(tmp_path / "course.yaml", limits=LIMITS)

    picture = sha256(PNG).hexdigest()
    assert reading == Reading(
        course=Course(
            id="energy-basics",
            title="Save energy in our buildings",
            summary="Ten short lessons.",
            language="en",
            version="1.10",
            licence="CC-BY-SA-4.0",
            authors=("Iryna Koval (Lviv)", "Energy Agency"),
            pace=Pace(weekdays=frozenset({0, 2}), at=time(21)),
            pass_percent=75,
            facilitator_notes="Ask for a bill.",
            lessons=(
                Lesson(
                    id="night",
                    title="What runs at night?",
                    minutes=5,
                    goal="Name two loads.",
                    facilitator_notes="Bring a meter.\n\nPeople blame computers.",
                    steps=(
                        Say(id="night-card-1", text="**Your building works at night.**\n\nIn 38% of them."),
                        Image(
                            id="night-card-2",
                            path="media/night.png",
                            alt="A bar chart.",
                            text="The grey bars.",
                        ),
                        Choose(
                            id="q-most",
                            prompt="What uses most?",
                            hints=("Listen.",),
                            explain="Look for **big**.",
                            points=2,
                            tries=1,
                            image="media/night.png",
                            alt="A bar chart.",
                            options=(
                                Option(text="Fans", right=True, why="Yes."),
                                Option(text="None of these", right=False, why="One does."),
                            ),
                            shuffle=False,
                            keep_last=True,
                        ),
                        ChooseAll(
                            id="q-off",
                            prompt="Which can you switch off?",
                            tries=3,
                            options=(
                                Option(text="Hall lights", right=True),
                                Option(text="Servers", right=False, why="Ask IT."),
                            ),
                        ),
                        TrueFalse(
                            id="q-tilted",
                            prompt="Tilted is better.",
                            tries=3,
                            answer=False,
                            why="It cools the walls.",
                        ),
                        Number(
                            id="q-kwh",
                            prompt="How many kWh?",
                            tries=3,
                            hints=("kW × hours.", "0.5 kW."),
                            answer=Decimal(150),
                            tolerance=Decimal(3),
                            unit="kWh",
                            known=(KnownNumber(when=Decimal(150000), why="Those are Wh."),),
                        ),
                        Number(
                            id="q-warm", prompt="How warm?", tries=3, between=(Decimal(19), Decimal("21.5"))
                        ),
                        Text(
                            id="q-part",
                            prompt="Which part?",
                            tries=3,
                            accept=("TRV",),
                            typos=0,
                            known=(KnownText(when="tap", why="No sensor."),),
                        ),
                    ),
                ),
            ),
            media={"media/night.png": picture},
        ),
        problems=(),
        media={picture: Media(mime="image/png", content=PNG)},
    )


def test_a_folder_has_a_file_a_lesson_in_the_order_of_the_names(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "course.yaml": HEAD,
            "10-last.yaml": LESSON.replace("one", "last"),
            "01-first.yaml": LESSON.replace("one", "first"),
            "02-two.yaml": "- " + LESSON.replace("one", "second").replace("\n", "\n  ").rstrip() + "\n",
            "README.md": "not: read: at all",
            "i18n/mn.yaml": "language: mn\ndraft: yes\ncourse:\n  - {en: Heat, mn: Дулаан}\n",
        },
    )

    course = course_in(read(tmp_path))

    assert [lesson.id for lesson in course.lessons] == ["first", "second", "last"]
    assert course.translations == (
        Translation(language="mn", draft=True, pairs=(Pair(source="Heat", target="Дулаан"),)),
    )


def test_lessons_listed_by_id_give_the_order(tmp_path: Path) -> None:
    files = {f"{name}.yaml": LESSON.replace("one", name) for name in ("a1", "b2", "c3")}
    write(tmp_path, {"course.yaml": HEAD + "lessons: [c3, a1, b2]\n", **files})

    assert [lesson.id for lesson in course_in(read(tmp_path)).lessons] == ["c3", "a1", "b2"]


def test_one_file_finds_its_translations_beside_it(tmp_path: Path) -> None:
    single = HEAD + "translations: [mn]\nlessons:\n  - " + LESSON.replace("\n", "\n    ").rstrip() + "\n"
    write(
        tmp_path,
        {"heat.yaml": single, "heat.mn.yaml": "language: mn\none:\n  - {en: One degree, mn: Нэг хэм}\n"},
    )

    reading = read(tmp_path / "heat.yaml")

    assert [problem.code for problem in reading.problems] == ["W302"]
    assert course_in(reading).languages == ("en", "mn")


def test_problems_of_all_files_come_at_once_in_order(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "course.yaml": HEAD.replace("title: Heat", "titel: Heat"),
            "01-a.yaml": "id: a\ntitle: A\nsteps:\n  - say: Now: shut.\n  - say: *Now* it.\n  - sey: Hm.\n",
            "02-b.yaml": "id: a\ntitle: B\nminutes: many\nsteps:\n  - say: Hello.\n",
            "i18n/mn.yaml": "language: mn\nb: []\n",
        },
    )

    problems = read(tmp_path).problems

    assert [(Path(problem.path).name, problem.line, problem.code) for problem in problems] == [
        ("course.yaml", 3, "E101"),
        ("01-a.yaml", 4, "E001"),
        ("01-a.yaml", 5, "E002"),
        ("01-a.yaml", 6, "E110"),
        ("02-b.yaml", 1, "E121"),
        ("02-b.yaml", 3, "E104"),
        ("mn.yaml", 1, "W302"),
        ("mn.yaml", 2, "E301"),
    ]
    assert f"two lessons have the id `a`, first in {tmp_path / '01-a.yaml'}:1" in problems[4].message


def test_a_heavy_picture_is_a_warning(tmp_path: Path) -> None:
    pixels = struct.pack(">I4s", 400 * 1024, b"IDAT") + bytes(400 * 1024 + 4)
    heavy = PNG[:33] + pixels + PNG[33:]
    write(tmp_path, {"course.yaml": EVERYTHING, "media/night.png": heavy})

    reading = read(tmp_path / "course.yaml", limits=LIMITS)

    assert [(problem.code, problem.line) for problem in reading.problems] == [("W240", 26)]


def test_without_limits_lengths_go_unchecked(tmp_path: Path) -> None:
    write(tmp_path, {"course.yaml": HEAD, "01.yaml": LESSON + "  - say: " + "word " * 2000})

    assert "E201" not in {problem.code for problem in read(tmp_path).problems}
    assert "E201" in {problem.code for problem in read(tmp_path, limits=LIMITS).problems}


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("utf16.yaml", HEAD.encode("utf-16"), "E010"),
        ("latin.yaml", (HEAD + "summary: Wärme\n").encode("latin-1"), "E010"),
        ("nul.yaml", HEAD.encode() + b"summary: a\0b\n", "E010"),
        ("large.yaml", b"#" * 1_000_001, "E012"),
        ("other.pdf", b"%PDF", "E015"),
        ("course.zip", b"PK nothing", "E015"),
    ],
)
def test_other_files_are_refused_with_a_reason(name: str, content: bytes, code: str) -> None:
    reading = read_bytes(name, content)

    assert reading.course is None
    assert [problem.code for problem in reading.problems] == [code]


def test_a_byte_order_mark_and_windows_line_ends_are_fine() -> None:
    text = HEAD + "lessons:\n  - " + LESSON.replace("\n", "\n    ").rstrip() + "\n"

    plain = read_bytes("heat.yaml", text.encode())
    windows = read_bytes("heat.yaml", b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())

    assert course_in(windows) == course_in(plain)


@pytest.mark.parametrize(("typed", "fix"), [("course.yml", "course.yaml"), ("curse.yaml", "course.yaml")])
def test_a_file_that_is_not_there_names_the_nearest(tmp_path: Path, typed: str, fix: str) -> None:
    write(tmp_path, {"course.yaml": HEAD})

    (problem,) = read(tmp_path / typed).problems

    assert (problem.code, problem.fix) == ("E014", f"did you mean `{fix}`?")


def test_a_folder_without_a_course_says_so(tmp_path: Path) -> None:
    write(tmp_path, {"courses.yaml": HEAD})

    (problem,) = read(tmp_path).problems

    assert (problem.code, problem.fix) == ("E014", "did you mean to call `courses.yaml` so?")


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path, {"secret/a.png": PNG, "course/course.yaml": EVERYTHING})
    (tmp_path / "course" / "media").mkdir()
    (tmp_path / "course" / "media" / "night.png").symlink_to(tmp_path / "secret" / "a.png")

    problems = read(tmp_path / "course" / "course.yaml").problems

    assert [problem.code for problem in problems] == ["E131", "E131"]


def test_five_hundred_files_are_enough(tmp_path: Path) -> None:
    write(tmp_path, {"course.yaml": HEAD} | {f"{n:03}.yaml": LESSON for n in range(501)})

    assert [problem.code for problem in read(tmp_path).problems] == ["E012"]


def test_a_question_without_an_id_gets_one_and_a_warning() -> None:
    text = HEAD + (
        "lessons:\n  - id: one\n    title: One\n    steps:\n"
        "      - {say: Hello.}\n      - {true_false: It is warm., answer: yes}\n"
    )

    reading = read_bytes("heat.yaml", text.encode())

    assert [problem.code for problem in reading.problems] == ["W122"]
    assert [step.id for step in course_in(reading).lessons[0].steps] == ["one-card-1", "one-q1"]


def test_a_long_way_of_mistakes_is_told_up_to_the_end(tmp_path: Path) -> None:
    steps = "".join(f"      - say: Number {n}: close it.\n" for n in range(5))
    write(tmp_path, {"heat.yaml": HEAD + "lessons:\n  - id: one\n    title: One\n    steps:\n" + steps})

    problems = read(tmp_path / "heat.yaml").problems

    assert [(problem.code, problem.line) for problem in problems] == [
        ("E001", line) for line in range(10, 15)
    ]

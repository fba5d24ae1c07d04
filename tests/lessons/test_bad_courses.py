"""Each mistake an author can make, and the words in which it is told.

The files beside the courses hold what is printed, word for word; those of E001, E002, E101, E120,
E140 and W220 are the examples of the design. What is too large to keep as a file is made here.
"""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.limits import TELEGRAM
from lessons.explanations import codes
from lessons.problems import Problem, draw
from lessons.reader import read
from tests.lessons.media_files import mp3, mp4

BAD = Path(__file__).parents[1] / "data" / "courses" / "bad"
NAMES = sorted(
    path.stem for path in BAD.iterdir() if path.suffix == ".yaml" or (path / "course.yaml").exists()
)
HEAD = "format: 1\nid: heat\ntitle: Heat\nlanguage: en\nversion: 1.0.0\n"
LESSON = "lessons:\n  - id: one\n    title: One degree\n    steps:\n"
WARNED = """\
      - choose: What uses the most?
        id: q-{n}
        options: [right: Fans, wrong: Lamps]
"""


def too_large(folder: Path) -> Path:
    return _written(folder / "heat.yaml", HEAD + "#" * 1_000_000)


def not_there(folder: Path) -> Path:
    _written(folder / "heat.yaml", HEAD)
    return folder / "heta.yaml"


def not_a_package(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "heat.zip", "w") as package:
        package.writestr("../course.yaml", HEAD)
    return folder / "heat.zip"


def many_errors(folder: Path) -> Path:
    return _written(folder / "heat.yaml", HEAD + LESSON + "      - say:\n" * 301)


def many_warnings(folder: Path) -> Path:
    questions = "".join(WARNED.format(n=n) for n in range(301))
    return _written(folder / "heat.yaml", HEAD + LESSON + questions)


def heavy_picture(folder: Path) -> Path:
    picture = (BAD / "hall.png").read_bytes()
    # More image data before the last chunk: what is no image is taken out and does not count.
    padding = b"\0" * (400 * 1024)
    chunk = len(padding).to_bytes(4, "big") + b"IDAT" + padding + b"\0\0\0\0"
    (folder / "hall.png").write_bytes(picture[:-12] + chunk + picture[-12:])
    card = "      - image: hall.png\n        alt: A hall at night.\n"
    return _written(folder / "heat.yaml", HEAD + LESSON + card)


def large_audio(folder: Path) -> Path:
    (folder / "fan.mp3").write_bytes(mp3(frames=12_000))
    card = "      - audio: fan.mp3\n        transcript: A fan hums.\n"
    return _written(folder / "heat.yaml", HEAD + LESSON + card)


def heavy_video(folder: Path) -> Path:
    (folder / "valve.mp4").write_bytes(mp4(padding=2_400_000))
    card = "      - video: valve.mp4\n        alt: A hand.\n        transcript: Turn it.\n"
    return _written(folder / "heat.yaml", HEAD + LESSON + card)


def _written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


MADE: dict[str, Callable[[Path], Path]] = {
    "E012-too-large": too_large,
    "E014-not-there": not_there,
    "E015-not-a-package": not_a_package,
    "E016-many-errors": many_errors,
    "W016-many-warnings": many_warnings,
    "W240-heavy-picture": heavy_picture,
    "E136-large-audio": large_audio,
    "W244-heavy-video": heavy_video,
}


def problems_of(path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Problem, ...]:
    monkeypatch.chdir(path.parent)
    return read(Path(path.name), limits=TELEGRAM).problems


@pytest.mark.parametrize("name", NAMES)
def test_a_mistake_is_told_once_word_for_word(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = BAD / name if (BAD / name).is_dir() else BAD / f"{name}.yaml"

    problems = problems_of(path, monkeypatch)

    assert "\n\n".join(draw(problem) for problem in problems) + "\n" == (BAD / f"{name}.txt").read_text()
    assert [problem.code for problem in problems] == [name[:4]]


@pytest.mark.parametrize("name", MADE)
def test_what_is_too_large_to_keep_is_told_word_for_word(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    problems = problems_of(MADE[name](tmp_path), monkeypatch)

    (told,) = (problem for problem in problems if problem.code == name[:4])
    assert draw(told) + "\n" == (BAD / f"{name}.txt").read_text()


def test_every_code_has_an_example() -> None:
    assert set(codes()) - {name[:4] for name in (*NAMES, *MADE)} == set()


def test_every_expected_output_belongs_to_an_example() -> None:
    expected = {path.stem for path in BAD.glob("[EW]*.txt")}

    assert expected == {*NAMES, *MADE}

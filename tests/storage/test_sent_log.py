"""The file beside the database: what was written is read, what was cut is left out."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage import erased_log, sent_log
from storage.erased_log import Erased
from storage.sent_log import Became, Recorded, SentLine, SentLog

NOON = datetime(2026, 11, 23, 12, 0, 0, 123_456, tzinfo=UTC)


def line(delivery: int, *, key: str | None = None, became: Became = "sent") -> SentLine:
    return SentLine(
        delivery=delivery,
        decided_at=NOON + timedelta(seconds=delivery),
        person_id=7,
        kind="lesson",
        at=NOON + timedelta(minutes=delivery),
        key=key,
        became=became,
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "dusal.db.sent.log"


def written(path: Path, *, tallies: bool = False) -> None:
    log = SentLog(path)
    log.tally(1)
    log.note(line(1, key="lesson:4:two words:0"))
    if tallies:
        log.tally(2)
    log.note(line(2, became="maybe"))
    log.close()


def test_what_is_noted_is_read_again(path: Path) -> None:
    written(path)

    lines = (line(1, key="lesson:4:two words:0"), line(2, became="maybe"))
    assert sent_log.read(path) == Recorded(lines=lines, tally=1)
    assert sent_log.read_end(path) == Recorded(lines=lines, tally=1)
    assert path.stat().st_mode & 0o777 == 0o600


def test_only_what_came_after_a_mark_is_asked_for(path: Path) -> None:
    written(path, tallies=True)

    assert sent_log.read_end(path) == Recorded(lines=(line(2, became="maybe"),), tally=2)
    assert sent_log.since(path, tally=2) == (line(2, became="maybe"),)
    # A tally that is not there any more: everything.
    assert sent_log.since(path, tally=0) == (line(1, key="lesson:4:two words:0"), line(2, became="maybe"))


def test_a_file_that_is_not_there_is_empty(path: Path) -> None:
    assert sent_log.read(path) == sent_log.read_end(path) == Recorded(lines=(), tally=0)


@pytest.mark.parametrize("cut", range(2, 30))
def test_a_line_that_was_cut_hides_no_other(path: Path, cut: int) -> None:
    written(path)
    path.write_bytes(path.read_bytes()[:-cut])

    log = SentLog(path)
    log.note(line(3))
    log.close()

    assert sent_log.read(path).lines == (line(1, key="lesson:4:two words:0"), line(3))


@pytest.mark.parametrize(
    "strange",
    [
        "sent 1 2 3\n",
        "tally ten;\n",
        "tally ²;\n",
        "sent a b c d e f -;\n",
        "\0\0\0\n",
        "sent 1 9 3 k 1 -\n",
        "\n",
    ],
)
def test_strange_lines_are_left_out(path: Path, strange: str) -> None:
    written(path)
    with path.open("a", encoding="utf-8") as file:
        file.write(strange)

    assert len(sent_log.read(path).lines) == 2


def test_it_stays_small(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sent_log, "LARGEST_BYTES", 200)
    log = SentLog(path)
    for number in range(1, 40):
        log.tally(number)
        log.note(line(number))
    log.close()

    kept = sent_log.read(path)
    assert sum(file.stat().st_size for file in path.parent.iterdir()) < 3 * 200
    assert kept.tally == 39
    assert kept.lines[-3:] == (line(37), line(38), line(39))
    assert sent_log.since(path, tally=39) == (line(39),)


def test_the_erased_are_noted_once_and_survive_a_cut(tmp_path: Path) -> None:
    path = tmp_path / "dusal.db.erased.log"
    ann, ben = Erased(person_id=7, created_at=NOON), Erased(person_id=8, created_at=NOON)
    erased_log.note(path, [ann])
    erased_log.note(path, [ann])
    size = path.stat().st_size
    with path.open("a") as file:
        file.write("99 17")
    erased_log.note(path, [ann, ben])

    assert erased_log.read(path) == {ann, ben}
    assert path.stat().st_size == 2 * size + len("99 17")
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_last_that_is_known_of_a_message_stands(path: Path) -> None:
    log = SentLog(path)
    log.tally(1)
    story: tuple[tuple[int, Became], ...] = (
        (1, "maybe"), (2, "maybe"), (1, "sent"), (3, "maybe"),
        (2, "not"), (1, "maybe"), (1, "not"), (4, "maybe"),
    )  # fmt: skip
    for number, became in story:
        log.note(line(number, became=became))
    log.close()

    known = (line(3, became="maybe"), line(1), line(4, became="maybe"))
    assert sent_log.since(path, tally=1) == sent_log.read(path).lines == known

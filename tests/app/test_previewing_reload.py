"""A course is read again once a change of its files is whole."""

from pathlib import Path

from app.commands.course_watch import Snapshot
from app.preview_reload import Reloading
from lessons.reader import Reading

COURSE = Path("tea.yaml")
OLD, HALF, NEW = (frozenset({("tea.yaml", number, number)}) for number in (1, 2, 3))


def watched(*looks: Snapshot, taken: list[Path]) -> Reloading:
    """Watch files that look like this: before they were read, and then one look after the other."""
    coming = iter(looks)

    async def read(path: Path) -> Reading:
        return Reading(course=None, problems=())

    async def take(reading: Reading) -> None:
        taken.append(COURSE)

    def look(path: Path) -> Snapshot:
        return next(coming)

    return Reloading(COURSE, read=read, take=take, known=next(coming), look=look)


async def test_nothing_is_read_while_nothing_changes() -> None:
    taken: list[Path] = []
    reloading = watched(OLD, OLD, OLD, taken=taken)

    assert [await reloading.look() for _ in range(2)] == [False, False]
    assert taken == []


async def test_a_file_is_read_when_it_is_no_longer_being_written() -> None:
    taken: list[Path] = []
    reloading = watched(OLD, HALF, NEW, NEW, NEW, taken=taken)

    assert [await reloading.look() for _ in range(4)] == [False, False, True, False]
    assert taken == [COURSE]


async def test_a_change_that_is_taken_back_is_none() -> None:
    taken: list[Path] = []
    reloading = watched(OLD, NEW, OLD, OLD, taken=taken)

    assert [await reloading.look() for _ in range(3)] == [False, False, False]
    assert taken == []


async def test_one_bad_reading_does_not_end_the_watch() -> None:
    async def read(path: Path) -> Reading:
        raise OSError("the disk is gone")

    async def take(reading: Reading) -> None:
        raise AssertionError("nothing was read")

    coming = iter((NEW, NEW, NEW))
    reloading = Reloading(COURSE, read=read, take=take, known=OLD, look=lambda _: next(coming))

    assert [await reloading.look() for _ in range(3)] == [False, True, False]

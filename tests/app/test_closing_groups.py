from app.place import Place
from storage import groups
from tests.app.scripting import NOW, Run


def test_a_group_is_closed_and_opened_again(taught: Run, place: Place) -> None:
    closed = taught("group", "close", "Autumn")
    at = place.read(lambda tx: groups.by_name(tx, "Autumn"))
    opened = taught("group", "open", "Autumn")
    after = place.read(lambda tx: groups.by_name(tx, "Autumn"))

    assert closed.output == 'Nobody can join "Autumn" any more. To open it again: dusal group open\n'
    assert opened.output == '"Autumn" is open: its link and its code let people in.\n'
    assert at is not None
    assert after is not None
    assert (at.closes_at, after.closes_at) == (NOW, None)


def test_a_group_that_is_not_there_is_not_closed(taught: Run) -> None:
    asked = taught("group", "close", "Winter")

    assert asked.exit_code == 1
    assert 'No group is called "Winter"' in asked.output

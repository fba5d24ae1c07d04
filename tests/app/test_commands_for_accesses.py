from functools import partial

from sqlalchemy import Connection

from app.place import Place
from storage import accesses, groups, inbox, people
from storage.accesses import Shown, Viewer
from storage.inbox import MOST_TRIES, Received
from tests.app.scripting import NOW, Run, joined, listed

TRACE = "a1b2c3d4e5f60718"
AT = "2026-11-23T02:00:00+00:00"


def looked(tx: Connection) -> None:
    """Somebody has had /group in the chat."""
    person = people.add(tx, address=50, name="Iryna", language="en", now=NOW)
    group = groups.by_name(tx, "Autumn")
    assert group is not None
    viewer = Viewer(role="facilitator", person_id=person.id)
    accesses.note(tx, viewer=viewer, shown=Shown(what="figures", group_id=group.id), now=NOW)


def set_aside(tx: Connection) -> None:
    came = Received(update_id=7, sender=7, payload='{"text": "my secret"}')
    [update] = inbox.receive(tx, bot_id=1, updates=[came], now=NOW)
    for _ in range(MOST_TRIES):
        inbox.failed(tx, update_=update, now=NOW, trace_id=TRACE, reason="KeyError")
        [update] = inbox.claim(tx, now=NOW + inbox.KEPT, limit=1) or [update]


def row(what: str, *, group: str | None = "Autumn", learner: int | None = None) -> dict[str, object]:
    """What the list says of a command."""
    return {
        "accessed_at": AT,
        "role": "operator",
        "person": None,
        "name": None,
        "what": what,
        "group": group,
        "learner": learner,
    }


def test_reports_on_the_command_line_are_noted_once(taught: Run, place: Place) -> None:
    joined(place, 7)

    for words in (("completion",), ("completion", "--format", "csv"), ("answers",)):
        assert taught("report", *words, "--group", "Autumn").exit_code == 0
    assert taught("group", "show", "Autumn").exit_code == 0

    assert listed(taught("access", "list", "--format", "json")) == [row("report"), row("answers")]


def test_the_contents_of_an_update_are_noted_with_who_sent_it(taught: Run, place: Place) -> None:
    joined(place, 7)
    place.run(set_aside)

    taught("inbox", "dead")
    taught("inbox", "dead", "--show", "another")
    assert listed(taught("access", "list", "--format", "json")) == []
    taught("inbox", "dead", "--show", TRACE)

    assert listed(taught("access", "list", "--format", "json")) == [row("update", group=None, learner=7)]


def test_the_list_is_for_people_too_and_of_one_group_or_person(taught: Run, place: Place) -> None:
    joined(place, 7)
    place.run(looked)
    taught("group", "create", "--course", "tea", "--name", "Spring")
    taught("report", "completion", "--group", "Spring")

    autumn = taught("access", "list", "--group", "Autumn")
    by_iryna = taught("access", "list", "--person", "50", "--format", "json")
    of_learner = taught("access", "list", "--person", "7", "--format", "json")

    assert "Iryna" in autumn.stdout
    assert "Spring" not in autumn.stdout
    figures = row("figures") | {"role": "facilitator", "person": 50, "name": "Iryna"}
    assert listed(by_iryna) == [figures]
    assert listed(of_learner) == [figures]


def test_an_unknown_group_or_person_is_told(taught: Run) -> None:
    group = taught("access", "list", "--group", "Nowhere")
    person = taught("access", "list", "--person", "99")

    assert (group.exit_code, group.output) == (
        1,
        'Error: No group is called "Nowhere". Use one of: "Autumn"\n',
    )
    assert (person.exit_code, person.output) == (1, "Error: Nobody with the number 99 is known here.\n")


def test_what_could_not_be_noted_is_not_shown(taught: Run, place: Place) -> None:
    place.run(partial(Connection.exec_driver_sql, statement="DROP TABLE accesses"))

    shown = taught("report", "completion", "--group", "Autumn")

    assert shown.exit_code == 1
    assert shown.stdout == ""

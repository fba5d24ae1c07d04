import json

from sqlalchemy import Connection

from app.place import Place
from storage import inbox
from storage.inbox import MOST_TRIES, Received
from tests.app.scripting import NOW, Run, listed

TRACE = "a1b2c3d4e5f60718"
NONE = "Error: Nothing was set aside as a1b2c3d4e5f60718. See what was: dusal inbox dead\n"


def set_aside(place: Place) -> None:
    def keep(tx: Connection) -> None:
        came = Received(update_id=7, sender=6_000_001, payload='{"text": "my secret"}')
        [update] = inbox.receive(tx, bot_id=1, updates=[came], now=NOW)
        for _ in range(MOST_TRIES):
            inbox.failed(tx, update_=update, now=NOW, trace_id=TRACE, reason="KeyError")
            [update] = inbox.claim(tx, now=NOW + inbox.KEPT, limit=1) or [update]

    place.run(keep)


def test_what_was_set_aside_is_listed_without_what_was_written(run: Run, place: Place) -> None:
    set_aside(place)

    shown, read = run("inbox", "dead"), run("inbox", "dead", "--format", "json")

    assert "secret" not in shown.output + read.output
    assert (TRACE in shown.output, "KeyError" in shown.output) == (True, True)
    (row,) = listed(read)
    assert {name: row[name] for name in ("trace", "update", "person", "tries", "why")} == {
        "trace": TRACE,
        "update": 7,
        "person": 6_000_001,
        "tries": MOST_TRIES,
        "why": "KeyError",
    }


def test_its_contents_are_shown_on_demand_with_a_warning(run: Run, place: Place) -> None:
    set_aside(place)

    shown = run("inbox", "dead", "--show", TRACE)

    assert json.loads(shown.stdout) == {"text": "my secret"}
    assert shown.stderr == "This may hold what somebody wrote: show it to nobody who need not see it.\n"


def test_it_is_handled_once_more_when_told(run: Run, place: Place) -> None:
    set_aside(place)

    first, second = run("inbox", "dead", "--again", TRACE), run("inbox", "dead", "--again", TRACE)

    assert (first.exit_code, first.output) == (0, f"{TRACE} is handled once more.\n")
    assert (second.exit_code, second.output) == (1, NONE)
    assert place.read(inbox.open_count) == 1


def test_it_is_dropped_when_told(run: Run, place: Place) -> None:
    set_aside(place)

    first, second = run("inbox", "dead", "--drop", TRACE), run("inbox", "dead", "--show", TRACE)

    assert (first.exit_code, first.output) == (0, f"{TRACE} is dropped.\n")
    assert (second.exit_code, second.output) == (1, NONE)


def test_one_thing_at_a_time(run: Run, place: Place) -> None:
    set_aside(place)

    asked = run("inbox", "dead", "--drop", TRACE, "--again", TRACE)

    assert asked.exit_code == 2
    assert "Give one of --show, --again and --drop." in asked.output

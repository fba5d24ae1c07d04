"""The table of guarantees 2, line by line."""

from datetime import timedelta

import pytest

from academy.messenger import NotSent, Outcome, Refused, Sent, Uncertain
from academy.sending import Consequence, consequence
from storage.send_attempts import AttemptOutcome

NOTHING: dict[AttemptOutcome, int] = {}
QUARANTINE = timedelta(seconds=60)


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


TIMED_OUT = Uncertain(reason="timed out")
REFUSED_CONNECTION = NotSent(reason="refused")
TOO_MANY = NotSent(reason="429", retry_after_seconds=7)

ROWS = [
    pytest.param(Sent(message_id=5), NOTHING, False, Consequence(outcome="sent", state="sent"), id="sent"),
    pytest.param(
        Sent(message_id=0),
        NOTHING,
        False,
        Consequence(outcome="sent", state="sent"),
        id="scheduled counts as sent",
    ),
    pytest.param(
        REFUSED_CONNECTION,
        NOTHING,
        False,
        Consequence(
            outcome="not_sent", state="waiting", reason="refused", counted=False, pause_chat=seconds(1)
        ),
        id="not sent: again with back-off, not counted",
    ),
    pytest.param(
        REFUSED_CONNECTION,
        {"not_sent": 3},
        False,
        Consequence(
            outcome="not_sent", state="waiting", reason="refused", counted=False, pause_chat=seconds(8)
        ),
        id="the back-off doubles",
    ),
    pytest.param(
        REFUSED_CONNECTION,
        {"not_sent": 99},
        False,
        Consequence(
            outcome="not_sent", state="waiting", reason="refused", counted=False, pause_chat=seconds(60)
        ),
        id="and ends at a minute",
    ),
    pytest.param(
        TOO_MANY,
        NOTHING,
        False,
        Consequence(outcome="not_sent", state="waiting", reason="429", counted=False, pause_chat=seconds(7)),
        id="429 holds the chat",
    ),
    pytest.param(
        NotSent(reason="429", retry_after_seconds=3600),
        NOTHING,
        True,
        Consequence(
            outcome="not_sent",
            state="waiting",
            reason="429",
            counted=False,
            pause_chat=seconds(3600),
            pause_bot=seconds(3600),
        ),
        id="a second chat within a second holds the bot",
    ),
    pytest.param(
        TOO_MANY,
        {"uncertain": 1},
        False,
        Consequence(
            outcome="not_sent", state="uncertain", reason="429", counted=False, pause_chat=seconds(7)
        ),
        id="what may have arrived once stays uncertain",
    ),
    pytest.param(
        Refused(reason="blocked", unreachable=True),
        NOTHING,
        False,
        Consequence(outcome="refused", state="refused", reason="blocked", unreachable=True),
        id="blocked is final for the person",
    ),
    pytest.param(
        Refused(reason="refused", detail="Bad Request: message is too long"),
        NOTHING,
        False,
        Consequence(outcome="refused", state="refused", reason="refused"),
        id="refused is final for the message",
    ),
    pytest.param(
        Refused(reason="moved", moved_to=-100),
        NOTHING,
        False,
        Consequence(outcome="moved", state="waiting", reason="moved", counted=False, moved_to=-100),
        id="moved: once more at the new address",
    ),
    pytest.param(
        Refused(reason="moved", moved_to=-100),
        {"moved": 1},
        False,
        Consequence(outcome="refused", state="refused", reason="moved"),
        id="moved twice is final",
    ),
    pytest.param(
        Refused(reason="token"),
        NOTHING,
        False,
        Consequence(outcome="not_sent", state="waiting", reason="token", counted=False, stop=True),
        id="401 stops everything and loses nothing",
    ),
    pytest.param(
        TIMED_OUT,
        NOTHING,
        False,
        Consequence(outcome="uncertain", state="uncertain", reason="timed out", again_after=QUARANTINE),
        id="uncertain: quarantine",
    ),
    pytest.param(
        TIMED_OUT,
        {"not_sent": 2, "uncertain": 1},
        False,
        Consequence(outcome="uncertain", state="held", reason="timed out"),
        id="uncertain twice: held for a person",
    ),
]


@pytest.mark.parametrize(("outcome", "before", "second", "wanted"), ROWS)
def test_what_follows_from_an_outcome(
    outcome: Outcome, before: dict[AttemptOutcome, int], second: bool, wanted: Consequence
) -> None:
    found = consequence(
        outcome, repeatable=False, before=before, second_refusal=second, quarantine=QUARANTINE
    )

    assert found == wanted


@pytest.mark.parametrize(
    ("before", "wanted"),
    [
        pytest.param(
            NOTHING,
            Consequence(outcome="uncertain", state="waiting", reason="timed out", pause_chat=seconds(1)),
            id="an edit is repeated",
        ),
        pytest.param(
            {"uncertain": 2},
            Consequence(outcome="uncertain", state="waiting", reason="timed out", pause_chat=seconds(4)),
            id="more and more slowly",
        ),
        pytest.param(
            {"uncertain": 4},
            Consequence(outcome="uncertain", state="held", reason="timed out"),
            id="but not for ever",
        ),
    ],
)
def test_what_follows_from_an_uncertain_edit(before: dict[AttemptOutcome, int], wanted: Consequence) -> None:
    found = consequence(TIMED_OUT, repeatable=True, before=before, second_refusal=False)

    assert found == wanted


def test_an_edit_that_surely_did_not_happen_waits_like_any_other() -> None:
    found = consequence(TOO_MANY, repeatable=True, before={"uncertain": 1}, second_refusal=False)

    assert found.state == "waiting"

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from academy.messages.held import HeldDecided, HeldDelivery, HeldMessage, NothingHeld
from bot.callback_data import press
from bot.render import overflows
from bot.screen import View
from bot.screens.held import view
from i18n.catalog import translator

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)  # Monday 10:00 in Ulaanbaatar
LONG_NAME = "Bat-Erdene Gantulgyn Munkhbayar Luvsandorj of Darkhan-Uul " * 3
TOLD = HeldDelivery(
    delivery=46,
    name="Petro",
    group="Autumn",
    subject="lesson",
    title="One degree less",
    times=2,
    held_at=NOW,
    zone="Asia/Ulaanbaatar",
    others=0,
)
DECIDED = HeldDecided(delivery=46, name="Petro", verdict="send_again", before=False, others=0)
LONG = HeldDelivery(
    delivery=2**52,
    name=LONG_NAME,
    group="A" * 128,
    subject="announcement",
    title="W" * 60,
    times=1,
    held_at=NOW,
    zone="Asia/Ulaanbaatar",
    others=9999,
)
RESTORED = replace(TOLD, why="restored")
EVERY_MESSAGE: tuple[HeldMessage, ...] = (
    TOLD,
    LONG,
    replace(LONG, why="restored"),
    RESTORED,
    DECIDED,
    HeldDecided(delivery=2**52, name=LONG_NAME, verdict="arrived", before=True, others=9999),
    HeldDecided(delivery=46, name="", verdict="drop", before=False, others=1),
    NothingHeld(),
)


def shown(message: HeldMessage, language: str = "en") -> View:
    return view(message, translator(language), now=NOW)


def plain(message: HeldMessage) -> str:
    # Names are kept apart from the sentence by invisible marks.
    return shown(message).text.text.replace("\u2068", "").replace("\u2069", "")


@pytest.mark.parametrize("language", ["en", "mn"])
@pytest.mark.parametrize("message", EVERY_MESSAGE, ids=lambda message: message.kind)
def test_every_screen_fits(message: HeldMessage, language: str) -> None:
    seen = shown(message, language)

    assert overflows(seen) == ()
    assert all(len(button.label) <= 28 for row in seen.buttons for button in row)
    assert all(len(row) <= 2 for row in seen.buttons)


def test_what_broke_twice_is_told_with_what_it_was_and_three_ways_out() -> None:
    seen = shown(TOLD)

    assert plain(TOLD) == (
        "The line broke twice. This message to Petro arrived once, twice or not at all.\n\n"
        "Lesson: One degree less\nAutumn, today 10:00\n\n"
        "Nobody can know it but Petro. Ask if you can, then decide."
    )
    assert [[(one.label, one.press) for one in row] for row in seen.buttons] == [
        [("Send again", press("h_again", 46)), ("It arrived", press("h_came", 46))],
        [("Drop it", press("h_drop", 46))],
    ]


def test_what_an_older_copy_does_not_know_is_said_as_such() -> None:
    assert plain(RESTORED).startswith(
        "An older copy of the data was put back. This message to Petro went out before, or it did not.\n"
    )


def test_the_next_one_is_a_tap_away() -> None:
    assert [one.label for one in shown(LONG).buttons[-1]] == ["Drop it", "Next (9999 more)"]
    assert plain(LONG).startswith("The line broke. This message to Bat-Erdene")


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (DECIDED, "It is sent to Petro once more."),
        (
            HeldDecided(delivery=1, name="Petro", verdict="arrived", before=True, others=0),
            "This was decided before. It counts as arrived. Petro does not get it again.",
        ),
        (
            HeldDecided(delivery=1, name="", verdict="drop", before=False, others=0),
            "It is dropped. Somebody without a name does not get it again.",
        ),
        (NothingHeld(), "Everything is decided."),
    ],
)
def test_what_was_decided_is_said_in_a_sentence(message: HeldMessage, told: str) -> None:
    assert plain(message) == told

import contextlib
import json
import logging
import traceback
from collections.abc import Iterator
from io import StringIO

import pytest
import structlog
import telegram
from hypothesis import given
from hypothesis import strategies as st

from app.log_setup import HIDDEN, Redaction, one_line, set_up
from app.sparing import TOLD_A_MINUTE, Sparing
from bot.transport import AiohttpTransport
from tests.loopback import bot_at

TOKEN = "123456789:AAplantedPlantedPlantedPlantedPlanted"
SECRET = "planted webhook/secret"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


def logged(form: str = "text", level: str = "DEBUG") -> StringIO:
    stream = StringIO()
    set_up(level=level, form="json" if form == "json" else "text", secrets=(TOKEN, SECRET), stream=stream)
    return stream


def fail() -> None:
    raise telegram.error.InvalidToken(f"The token `{TOKEN}` was rejected by the server.")


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_planted_secret_is_found_nowhere(form: str) -> None:
    stream = logged(form)
    address = f"http://127.0.0.1:1/bot{TOKEN}/getMe"
    log, library = structlog.get_logger("bot.messenger"), logging.getLogger("some.library")

    log.info("event", address=address, nested={"secret": SECRET}, bot=telegram.Bot(TOKEN))
    log.warning(f"token {TOKEN}")  # noqa: G004 - as careless code would
    library.error("GET %s", address)
    library.warning("percent %s", "planted%20webhook%2Fsecret")
    try:
        fail()
    except telegram.error.InvalidToken:
        log.exception("failed")
        library.exception("failed")
    structlog.contextvars.bind_contextvars(secret=SECRET)
    log.info("bound")
    structlog.contextvars.clear_contextvars()

    text = stream.getvalue()
    assert len(text.splitlines()) == 7
    assert TOKEN not in text
    assert "AAplanted" not in text
    assert SECRET not in text
    assert "planted%20webhook" not in text
    assert HIDDEN in text


async def test_the_library_s_requests_log_no_address() -> None:
    stream = logged()

    async with AiohttpTransport(connect_seconds=0.2) as transport:
        bot = bot_at("http://127.0.0.1:1", token=TOKEN, over=transport)
        with pytest.raises(telegram.error.NetworkError) as raised:
            await bot.send_message(1, "words of a learner")

    assert "words of a learner" not in stream.getvalue()
    assert TOKEN not in stream.getvalue()
    assert TOKEN not in "".join(traceback.format_exception(raised.value))


def test_a_token_nobody_planted_is_hidden_by_its_shape() -> None:
    assert Redaction()("bot987654321:BBunplantedUnplantedUnplantedUnplanted/getMe") == "bot***/getMe"


def test_a_secret_learned_later_is_hidden_from_then_on() -> None:
    redact = Redaction()
    redact.add("joincode1")

    assert redact("code joincode1") == "code ***"


def test_short_words_are_no_secrets() -> None:
    assert Redaction(["en"])("when then") == "when then"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_record_is_one_line(text: str) -> None:
    line = one_line(text)

    assert len(line.splitlines()) <= 1
    assert "\x1b" not in line
    assert not any("\u202a" <= character <= "\u202e" for character in line)


def test_forged_lines_and_colours_are_escaped() -> None:
    stream = logged("json")

    structlog.get_logger("bot").info("event", name="x\n{} forged\x1b[31m\u202e")
    logging.getLogger("library").warning("a\r\nb")

    lines = stream.getvalue().splitlines()
    assert len(lines) == 2
    assert json.loads(lines[0])["name"] == "x\n{} forged\x1b[31m\u202e"
    assert json.loads(lines[1])["event"] == "a\r\nb"


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(ValueError, match="LOUD"):
        set_up(level="loud", stream=StringIO())


class Hand:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_the_same_fault_a_million_times_is_a_few_lines_with_a_count() -> None:
    hand = Hand()
    sparing = Sparing(monotonic=hand)

    for _ in range(1_000_000):
        # A thousand a second, for a bit less than seventeen minutes.
        hand.seconds += 0.001
        sparing.spared("app.sender", "outbox cannot be read")
    hand.seconds += 60.0
    left = sparing.spared("app.sender", "outbox cannot be read")
    another = sparing.spared("app.sender", "another event")

    # The last window has been open for 39.94 seconds: 39,940 records, of which 20 were written.
    assert left is not None
    assert 30_000 < left < 60_000
    assert another == 0


def test_what_is_spared_is_counted_in_the_next_line_and_info_is_not_spared() -> None:
    stream = logged()
    log, library = structlog.get_logger("a.module"), logging.getLogger("some.library")

    for number in range(50):
        log.error("it fails", delivery=number)
        library.warning("it fails: %s", number)
        log.info("it goes", delivery=number)

    lines = stream.getvalue().splitlines()
    assert sum("event='it fails'" in line for line in lines) == TOLD_A_MINUTE
    assert sum("event='it fails: " in line for line in lines) == TOLD_A_MINUTE
    assert sum("event='it goes'" in line for line in lines) == 50


def test_the_count_stands_in_the_line_that_is_written_next() -> None:
    hand = Hand()
    sparing = Sparing(monotonic=hand)
    for _ in range(50):
        with contextlib.suppress(structlog.DropEvent):
            sparing.processor(logging.getLogger("a.module"), "error", {"event": "it fails"})
    hand.seconds += 60.0

    told = sparing.processor(logging.getLogger("a.module"), "error", {"event": "it fails"})

    assert told == {"event": "it fails", "same_not_written": 30}


def test_what_an_update_causes_names_it() -> None:
    stream = logged()
    log = structlog.get_logger("a.module")

    with structlog.contextvars.bound_contextvars(update=17):
        log.warning("something")
    log.warning("something else")

    first, second = stream.getvalue().splitlines()
    assert "update=17" in first
    assert "update" not in second

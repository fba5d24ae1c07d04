"""A screen as a reader meets it: text, then rows of buttons."""

from datetime import UTC, datetime, timedelta

from academy.messages.learning import LearningMessage, LessonOffer
from bot.callback_data import encode
from bot.render import overflows
from bot.screens.learning import view
from i18n.catalog import translator

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)  # Monday 09:00 in Ulaanbaatar
DAY = timedelta(days=1)
ZONE = "Asia/Ulaanbaatar"
OFFER = LessonOffer(assignment_id=41, lesson=3, lessons=10, title="One degree less", minutes=5)


def drawn(message: LearningMessage) -> str:
    """Return text and buttons as a reader meets them; the main button has a star."""
    seen = view(message, translator("en"), now=NOW)
    assert overflows(seen) == ()
    rows = [" ".join(f"[{one.label}{'*' * (one.style == 'primary')}]" for one in row) for row in seen.buttons]
    return "\n".join((seen.text.text, *rows))


def presses(message: LearningMessage) -> list[str]:
    seen = view(message, translator("en"), now=NOW)
    return [encode(one.press) for row in seen.buttons for one in row if one.press is not None]


def follows_the_rules_of_buttons(message: LearningMessage) -> bool:
    """Labels of 28 letters, two in a row unless they are letters, at most one main button."""
    rows = view(message, translator("en"), now=NOW).buttons
    labels = [[one.label.removeprefix("✓ ") for one in row] for row in rows]
    return (
        all(len(label) <= 28 for row in labels for label in row)
        and all(len(row) <= 2 or all(len(label) == 1 for label in row) for row in labels)
        and sum(one.style == "primary" for row in rows for one in row) <= 1
    )

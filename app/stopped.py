"""Why sending ends for good, apart from the sender: who only catches it need not import that."""


class SendingStoppedError(Exception):
    """Nothing can be sent any more; the text says why."""


class ClockWrongError(Exception):
    """The computer's clock cannot be right; the text says what it shows and what to do."""


class ZonesMissingError(ClockWrongError):
    """There are no time zones on this machine, so nobody's morning can be known: pip install tzdata."""


class TokenTakenBackError(SendingStoppedError):
    """Telegram does not know this token any more: get one from @BotFather for the settings."""

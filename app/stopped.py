"""Why sending ends for good, apart from the sender: who only catches it need not import that."""


class SendingStoppedError(Exception):
    """Nothing can be sent any more; the text says why."""


class TokenTakenBackError(SendingStoppedError):
    """Telegram does not know this token any more: get one from @BotFather for the settings."""

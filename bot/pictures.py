"""Pictures of courses, kept in the database, and Telegram's names for those it has already.

A name is valid for the bot that uploaded the picture, so it is kept under that bot's number.
"""

from sqlalchemy import Connection

from storage import courses
from storage.database import Database


class StoredPictures:
    """Reads pictures where courses are published to (`bot.messenger.Pictures`)."""

    def __init__(self, database: Database, *, bot_id: int) -> None:
        self._database = database
        self._bot_id = bot_id

    async def file_id(self, sha256: str) -> str | None:
        """Return Telegram's name of the picture, None when this bot has not uploaded it yet."""
        return await self._database.read(lambda tx: courses.file_id(tx, self._bot_id, sha256))

    async def content(self, sha256: str) -> bytes | None:
        """Return the picture; None when no course has it."""

        def read(tx: Connection) -> bytes | None:
            found = courses.picture(tx, sha256)
            return found[1] if found is not None else None

        return await self._database.read(read)

    async def keep_file_id(self, sha256: str, file_id: str) -> None:
        """Keep Telegram's name of the picture."""
        await self._database.run(
            lambda tx: courses.keep_file_id(tx, bot_id=self._bot_id, sha256=sha256, file_id=file_id)
        )

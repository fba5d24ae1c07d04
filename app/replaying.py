"""A conversation that was kept is played again, with the real bot, and compared word for word."""

import difflib
import tempfile
from collections import deque
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import assert_never

from sqlalchemy import Connection

from app.furnishing import GROUP, Furnished, furnish, greet, hand_out, speaking
from app.scripts import (
    ClockStands,
    Goes,
    Line,
    OpensInvitation,
    Presses,
    Says,
    Script,
    Types,
    flat,
    spelled,
)
from app.settings import Settings
from app.trial import Trial, trial
from app.workbench import Workbench
from lessons.reader import Reading
from preview.diary import Said
from preview.limits import NO_RATE_LIMITS
from preview.movable_clock import MovableClock
from preview.phone_client import NotShownError, Phone, Phones
from storage import enrollments, groups, people


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Where the bot did not do as the script says."""

    line: int
    """1-based, in the script."""
    words: str


async def replay(script: Script, *, path: Path, reading: Reading, settings: Settings) -> Difference | None:
    """Return the first difference between the script and the course at `path`; None when there is none."""
    assert reading.course is not None
    clock = MovableClock(script.begins_at.astimezone(UTC))
    with tempfile.TemporaryDirectory(prefix="dusal-replay-") as folder:
        url = f"sqlite:///{folder}/replay.db"
        spoken = speaking(settings, reading.course)
        async with (
            trial(
                spoken, database_url=url, start=clock(), clock=clock, rate_limits=NO_RATE_LIMITS
            ) as running,
            Phones(running.server.url) as phones,
        ):
            furnished = await furnish(running, reading)
            everybody = await hand_out(phones, languages=reading.course.languages)
            phone = next((phone for phone in everybody if phone.name == script.person), None)
            others = [one for one in everybody if one != phone]
            await greet(running, others, token=furnished.token)
            if phone is None:
                phone = await phones.add(script.person, language=script.language)
            bench = Workbench(running, path=path, reading=reading, furnished=furnished)
            await running.service.parts.database.run(
                lambda tx: _fill(tx, group=GROUP, count=script.joined - 1)
            )
            return await _Player(running, bench=bench, phone=phone, furnished=furnished).play(script)


def _fill(tx: Connection, *, group: str, count: int) -> None:
    """Let others take the places before the script's person: options are shuffled by the place."""
    into = groups.by_name(tx, group)
    assert into is not None
    for number in range(count):
        other = people.add(
            tx, address=6_000_000 + number, name="Somebody", language="en", now=into.created_at
        )
        enrollments.enroll(tx, person_id=other.id, group=into, now=into.created_at)


class _Player:
    """Plays one script on one phone."""

    def __init__(self, running: Trial, *, bench: Workbench, phone: Phone, furnished: Furnished) -> None:
        self._running = running
        self._bench = bench
        self._phone = phone
        self._furnished = furnished
        self._read = 0
        self._heard: deque[Says] = deque()

    async def play(self, script: Script) -> Difference | None:
        """Return the first difference."""
        last = 0
        for line in script.lines:
            last = line.line
            found = await self._play(line)
            if found is not None:
                return Difference(line=line.line, words=found)
        if self._heard:
            return Difference(line=last, words=f"After this the bot says more:\n{_drawn(self._heard[0])}")
        return None

    async def _play(self, line: Line) -> str | None:
        """Let one line happen; return in words what was different."""
        try:
            if not isinstance(line, Says) and line.at is not None and line.at > self._running.clock():
                await self._running.mover.advance(to=line.at.astimezone(UTC))
            match line:
                case Says():
                    return self._compare(line)
                case OpensInvitation():
                    await self._phone.write(f"/start {self._furnished.token}")
                case Types(text=text):
                    await self._phone.write(text)
                case Presses(label=label):
                    await self._press(label)
                case ClockStands():
                    # Moved above, as before every line that has a moment.
                    pass
                case Goes():
                    why_not = await self._go(line)
                    if why_not:
                        return why_not
                case _:
                    assert_never(line)
        except NotShownError as error:
            return str(error)
        await self._listen()
        return None

    async def _press(self, label: str) -> None:
        """Tap the newest button that says exactly this."""
        for message in reversed(await self._phone.messages()):
            for row, labels in enumerate(message.labels):
                shown = [spelled(one) for one in labels]
                if label in shown:
                    await self._phone.press_at(message.id, row=row, column=shown.index(label))
                    return
        raise NotShownError(f"There is no button {label!r}. The phone shows:\n{await self._phone.screen()}")

    async def _go(self, line: Goes) -> str:
        if not await self._phone.messages():
            # Nobody can be put anywhere before the bot has heard of them.
            await self._phone.write("/start")
            await self._listen()
            self._heard.clear()
        for lesson in self._bench.desk().lessons:
            for number, step in enumerate(lesson.steps):
                if (lesson.id, step.id) == (line.lesson_id, line.step_id):
                    return await self._bench.jump(person_id=self._phone.id, lesson_id=lesson.id, step=number)
        return f"The course has no step `{line.step_id}` in a lesson `{line.lesson_id}`."

    async def _listen(self) -> None:
        """Take in what the bot said since the last time."""
        await self._running.mover.settled()
        entries = self._running.server.world.diary.of(self._phone.id)
        self._heard.extend(
            flat(entry.bubble)
            for entry in entries[self._read :]
            if isinstance(entry, Said) and not entry.only_buttons
        )
        self._read = len(entries)

    def _compare(self, wanted: Says) -> str | None:
        if not self._heard:
            return "The bot says nothing here."
        heard = self._heard.popleft()
        if (heard.text, heard.labels, heard.media) == (wanted.text, wanted.labels, wanted.media):
            return None
        lines = difflib.ndiff(_drawn(wanted).splitlines(), _drawn(heard).splitlines())
        return "The bot says something else (- the test, + the bot):\n" + "\n".join(
            line for line in lines if not line.startswith("?")
        )


def _drawn(said: Says) -> str:
    """Return a message in words: its media, its text, its buttons."""
    buttons = " ".join(f"[{label}]" for label in said.labels)
    return "\n".join(part for part in (said.media and f"({said.media})", said.text, buttons) if part)

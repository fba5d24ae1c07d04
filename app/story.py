"""The demo's story: a group, five learners, one week; acted on phones and told from what they show.

Everybody in it is invented. Nothing is printed that was not read back from a phone, from the
report or from the outbox: if the service stopped working, the story would have nothing to tell.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from app.player import Habit, Player
from app.trial import Trial
from lessons.model import Course
from lessons.translations import apply
from preview.phone_client import Phone, Phones, Shown

GROUP = "Autumn 2026"
FACILITATOR = 7_000_001
DAYS = 7

Command = Callable[..., str]
"""Runs one `dusal` command and returns what it printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """One invented learner and their habit."""

    name: str
    language: str
    habit: Habit
    says: str
    """What the story says about them."""
    elsewhere: str = ""
    """The clock they pick when it is not the group's time where they are."""
    late: bool = False
    """Waits for the reminder."""
    lessons: int = 99
    """After so many lessons they fall silent."""


CAST = (
    Role(name="Bold", language="en", habit="right", says="answers at once, and right"),
    Role(
        name="Oyuna",
        language="mn",
        habit="second_try",
        says="reads Mongolian; wrong first, right at the second try",
    ),
    Role(name="Ganaa", language="en", habit="twice", says="taps every button twice"),
    Role(
        name="Tuya", language="en", habit="right", says="is late: learns when the reminder comes", late=True
    ),
    Role(
        name="Hulan",
        language="mn",
        habit="right",
        says="lives an hour further west, and stops answering after the first lesson",
        elsewhere="07:30",
        lessons=1,
    ),
)


@dataclass(slots=True)
class Teller:
    """Prints the story."""

    write: Callable[[str], None]

    def chapter(self, title: str) -> None:
        """Begin a chapter."""
        self.write(f"\n== {title} ==\n")

    def line(self, text: str) -> None:
        """Say one thing."""
        self.write(text)

    def screen(self, whose: str, shown: Shown) -> None:
        """Show what stands on a phone, buttons included."""
        marks = "".join((", silent" if shown.silent else "", ", edited" if shown.edited else ""))
        picture = ["(a picture)"] if shown.has_photo else []
        buttons = ["  ".join(f"[ {label} ]" for label in row) for row in shown.labels]
        self.write(f"  {whose}'s phone{marks}")
        for line in [*picture, *shown.text.splitlines(), *buttons]:
            self.write(f"  | {line}".rstrip())
        self.write("")


@dataclass(slots=True, kw_only=True)
class Story:
    """One performance."""

    trial: Trial
    phones: Phones
    course: Course
    folder: Path
    """Where the report is written."""
    run: Command
    tell: Teller

    async def perform(self) -> None:
        """Play it from the first command to the report."""
        token = await self._set_up()
        players = await self._join(token)
        await self._week(players)
        await self._announce(players)
        await self._progress(players[0].phone)
        await self._report()

    async def _set_up(self) -> str:
        self.tell.chapter("A course, a group, a facilitator")
        for words in (
            ["course", "publish", str(self.folder / "course")],
            ["group", "create", "--course", self.course.id, "--name", GROUP, "--expected", "6"],
            ["role", "grant", str(FACILITATOR), "facilitator", "--group", GROUP],
        ):
            await self._command(words)
        listed = json.loads(await asyncio.to_thread(self.run, "group", "link", GROUP, "--format", "json"))
        return str(_first(listed)["link"]).rpartition("=")[2]

    async def _command(self, words: list[str]) -> None:
        shown = " ".join(f'"{word}"' if " " in word else word for word in words)
        self.tell.line(f"$ dusal {shown.replace(str(self.folder), '.')}")
        printed = await asyncio.to_thread(self.run, *words)
        for line in printed.rstrip().splitlines():
            self.tell.line(f"  {line}")

    async def _join(self, token: str) -> list[Player]:
        self.tell.chapter("Five people join by the link: four taps, no typing")
        players = []
        for number, role in enumerate(CAST):
            phone = await self.phones.add(role.name, language=role.language)
            spoken = (
                apply(self.course, role.language) if role.language != self.course.language else self.course
            )
            player = Player(phone=phone, course=spoken, settled=self.trial.mover.settled, habit=role.habit)
            self.tell.line(f"{role.name} {role.says}.")
            await self._first_minute(player, role, token, aloud=number == 0)
            await player.play()
            if number == 0:
                self.tell.screen(role.name, await phone.last())
            else:
                self.tell.line(f"  {role.name}'s phone: {_one_line(await phone.last())}")
            players.append(player)
        return players

    async def _first_minute(self, player: Player, role: Role, token: str, *, aloud: bool) -> None:
        phone, settled = player.phone, self.trial.mover.settled
        await phone.write(f"/start {token}")
        # Welcome, privacy, days and time: the main button is the first one.
        for _ in range(3):
            await settled()
            await self._aloud(phone, aloud=aloud)
            await phone.press_at((await phone.last()).id, row=0, column=0)
        await settled()
        await self._aloud(phone, aloud=aloud)
        asked = await phone.last()
        if role.elsewhere:
            await phone.press_at(asked.id, row=0, column=1)
            await settled()
            await phone.press(role.elsewhere)
        else:
            await phone.press_at(asked.id, row=0, column=0)
        await settled()
        await self._aloud(phone, aloud=aloud)

    async def _aloud(self, phone: Phone, *, aloud: bool) -> None:
        if aloud:
            self.tell.screen(phone.name, await phone.last())

    async def _week(self, players: list[Player]) -> None:
        self.tell.chapter("A week passes: lessons come at each learner's hour, in each learner's zone")
        zone = ZoneInfo(self.trial.settings.academy.zone)
        end = self.trial.clock() + timedelta(days=DAYS)
        known = {player.phone.id: await _last_id(player.phone) for player in players}
        done = {player.phone.id: 1 for player in players}
        while True:
            clock = await self.phones.clock()
            due = clock["next_lesson"]
            if due is None or datetime.fromisoformat(due) > end:
                break
            now = datetime.fromisoformat((await self.phones.move_clock(to="next_lesson"))["now"])
            for player, role in zip(players, CAST, strict=True):
                shown = await player.phone.last()
                if shown.id <= known[player.phone.id] or shown.silent:
                    continue
                known[player.phone.id] = shown.id
                when = now.astimezone(zone).strftime("%a %H:%M")
                self.tell.line(f"{when}  {role.name}: {_one_line(shown)}")
                reminded = done[player.phone.id] < 0
                if done[player.phone.id] in range(role.lessons, 99):
                    continue
                if role.late and not reminded:
                    done[player.phone.id] *= -1
                    continue
                await player.play()
                done[player.phone.id] = abs(done[player.phone.id]) + 1
                known[player.phone.id] = await _last_id(player.phone)
                self.tell.line(f"           {role.name} learns. {_one_line(await player.phone.last())}")
        left = (end - self.trial.clock()).total_seconds()
        await self.phones.move_clock(seconds=max(0, int(left) + 1))

    async def _announce(self, players: list[Player]) -> None:
        self.tell.chapter("The facilitator writes to the group, and reads who got it")
        settled = self.trial.mover.settled
        saraa = await self.phones.add("Saraa", language="en", number=FACILITATOR)
        for text in (
            "/start",
            "/announce",
            "On Friday we meet at 14:00 in room 12. Bring one electricity bill.",
        ):
            await saraa.write(text)
            await settled()
        preview, control = (await saraa.messages())[-2:]
        self.tell.screen(saraa.name, preview)
        self.tell.screen(saraa.name, control)
        await saraa.press("Send to")
        await settled()
        self.tell.screen(saraa.name, await saraa.last())
        await self.phones.move_clock(seconds=self.trial.settings.limits.undo_seconds + 5)
        self.tell.screen(saraa.name, await saraa.last())
        self.tell.screen(players[0].phone.name, await players[0].phone.last())
        await saraa.write("/group")
        await settled()
        self.tell.screen(saraa.name, await saraa.last())

    async def _progress(self, phone: Phone) -> None:
        self.tell.chapter("What a learner sees of their own progress")
        await phone.write("/progress")
        await self.trial.mover.settled()
        shown = await phone.last()
        self.tell.screen(phone.name, shown)
        if shown.photo is not None:
            (self.folder / "progress.png").write_bytes(await phone.file(shown.photo))

    async def _report(self) -> None:
        self.tell.chapter("The same numbers as a report, and everything that was sent")
        csv, png = self.folder / "report.csv", self.folder / "report.png"
        await self._command(["report", "completion", "--group", GROUP, "--csv", str(csv), "--png", str(png)])
        sent = json.loads(await asyncio.to_thread(self.run, "outbox", "--format", "json"))
        states: dict[str, int] = {}
        for delivery in sent:
            states[delivery["state"]] = states.get(delivery["state"], 0) + 1
        doubled = sum(bool(delivery["maybe_doubled"]) for delivery in sent)
        told = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
        self.tell.line(f"\nThe outbox: {told}; perhaps doubled: {doubled}.")
        self.tell.line("Written: " + ", ".join(str(file) for file in sorted(self.folder.glob("*.*"))))


def _one_line(shown: Shown) -> str:
    return " ".join(shown.text.split())[:96]


async def _last_id(phone: Phone) -> int:
    return (await phone.last()).id


def _first(listed: object) -> dict[str, object]:
    """Return the only row of a listing."""
    if isinstance(listed, list) and listed and isinstance(listed[0], dict):
        return dict(listed[0])
    if isinstance(listed, dict):
        return dict(listed)
    raise AssertionError(f"not a listing: {listed!r}")

"""People with phones: they learn, they press what is old, twice, or not theirs; they come and go."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Final

from faults.simulation import template
from faults.simulation.journal import Journal
from preview import phone
from preview.messages import Chat, Message
from preview.people import Person
from preview.updates import Update
from preview.world import World

_COMMANDS: Final = (
    "/today", "/today", "/progress", "/lessons", "/schedule", "/ask", "/settings", "/privacy", "/help",
    "/start", "/nonsense",
)  # fmt: skip
_TYPED: Final = ("10", "9", "abc", "I drink it hot.", "With milk and salt, from a bowl.", "3.5", "?")
_RISKY: Final = re.compile(r"^(s_erased|s_left|j_no)\b")
"""Buttons that end what a simulation is about: pressed now and then, not by chance each time."""


@dataclass(slots=True, kw_only=True)
class Phone:
    """One person."""

    world: World
    chat: Chat
    marker: str
    """In their name and in what they type: once they are erased, nobody may find it."""
    acted_at: float = 0.0
    """When they last did something, in the loop's seconds."""
    forgotten: bool = False
    """Whether nothing is known of them, since they last did something."""
    retired: list[str] = field(default_factory=list)
    """Markers from before they were erased."""

    @property
    def address(self) -> int:
        return self.chat.person.id

    def type(self, text: str, *, reply_to: int | None = None) -> None:
        self._act()
        phone.write(self.world, self.chat, text=text, reply_to=reply_to)

    def press(self, message: Message, data: str) -> None:
        self._act()
        phone.press(self.world, self.chat, message_id=message.id, data=data)

    def block(self, *, blocked: bool) -> None:
        self._act()
        phone.block(self.world, self.chat, blocked=blocked)

    def _act(self) -> None:
        self.acted_at, self.forgotten = self.world.monotonic(), False

    def from_bot(self) -> list[Message]:
        """Return what has buttons, newest first."""
        found = [message for message in self.chat.messages.values() if message.from_bot and _data_of(message)]
        return found[::-1]

    def begin_anew(self, marker: str) -> None:
        """Be somebody of whom nothing is known."""
        self.retired.append(self.marker)
        self.marker = marker
        person = self.chat.person
        self.world.add_person(Person(id=person.id, first_name=marker, language_code=person.language_code))


def _likeliest(data: list[str]) -> str:
    """Return the button that leads on: the first, unless it only changes how the message looks."""
    return next((one for one in data if not one.startswith(("j_lang", "s_lang", "j_sample"))), data[0])


def _data_of(message: Message) -> list[str]:
    return [
        str(button["callback_data"]) for row in message.buttons for button in row if "callback_data" in button
    ]


class Crowd:
    """Learners, a facilitator and an admin, and what they do next."""

    def __init__(self, world: World, *, random: Random, journal: Journal, learners: int, token: str) -> None:
        self._world = world
        self._random = random
        self._journal = journal
        self._token = token
        self._generation = 0
        self.learners = [
            self._phone(template.FIRST_LEARNER + number, random.choice(("en", "mn")))
            for number in range(learners)
        ]
        self.facilitator = self._phone(template.FACILITATOR, "en")
        self.admin = self._phone(template.ADMIN, "en")

    @property
    def everybody(self) -> list[Phone]:
        return [*self.learners, self.facilitator, self.admin]

    def new_marker(self) -> str:
        self._generation += 1
        return f"Zorigoo{self._generation:03}x"

    def is_theirs(self, update: Update) -> bool:
        """Return whether an update was made by somebody who has not been erased since."""
        told = json.dumps(update.content)
        return not any(marker in told for one in self.everybody for marker in one.retired)

    def arrive(self) -> None:
        """Everybody writes for the first time."""
        self.facilitator.type("/start")
        self.admin.type("/start")
        for learner in self.learners:
            learner.type(f"/start {self._token}")

    def begin_anew_if_erased(self, gone_at: Mapping[int, float], *, retired: list[str]) -> None:
        """Who was erased, and of whom nothing is on its way any more, is somebody new from now on."""
        if not gone_at:
            return
        on_the_way = {update.person_id for update in self._world.queue.waiting()}
        for one in self.everybody:
            # Whoever writes again after that tells us their name again.
            gone = one.acted_at < gone_at.get(one.address, 0.0) and not one.forgotten
            if gone and one.address not in on_the_way:
                self._note(one, "is forgotten")
                one.forgotten = True
                retired.append(one.marker)
                one.begin_anew(self.new_marker())

    def go_on(self) -> None:
        """Every learner presses what leads on: so the course begins."""
        for learner in self.learners:
            if shown := learner.from_bot():
                learner.press(shown[0], _likeliest(_data_of(shown[0])))

    def somebody_does_something(self) -> None:
        """One person does one thing, or one thing twice."""
        random = self._random
        chance = random.random()
        if chance < 0.82:
            self._learner_does(random.choice(self.learners))
        elif chance < 0.96:
            self._facilitator_does()
        else:
            self._admin_does()

    def _learner_does(self, learner: Phone) -> None:
        random = self._random
        if learner.chat.blocked:
            if random.random() < 0.3:
                self._note(learner, "comes back")
                learner.block(blocked=False)
                learner.type("/start")
            return
        chance = random.random()
        if chance < 0.70:
            self._press(learner, times=1 if random.random() < 0.85 else 2)
        elif chance < 0.80:
            self._answer_in_words(learner)
        elif chance < 0.90:
            self._say(learner, random.choice(_COMMANDS))
        elif chance < 0.93:
            self._say(learner, f"/start {self._token}")
        elif chance < 0.95:
            self._note(learner, "blocks")
            learner.block(blocked=True)
        elif chance < 0.97:
            self._press_verb(learner, "/privacy", ("s_erase", "s_erased"))
        elif chance < 0.98:
            self._press_verb(learner, "/privacy", ("s_leave", "s_left"))
        else:
            self._press_anothers(learner)

    def _press(self, person: Phone, *, times: int = 1) -> None:
        """Press something: mostly on the newest message, now and then on an old one."""
        random = self._random
        shown = person.from_bot()
        if not shown:
            self._say(person, f"/start {self._token}")
            return
        message = shown[0] if random.random() < 0.85 else random.choice(shown)
        data = _data_of(message)
        chosen = _likeliest(data) if random.random() < 0.65 else random.choice(data)
        if _RISKY.match(chosen) and random.random() < 0.6:
            chosen = _likeliest(data)
        self._note(person, f"presses {chosen} on {message.id}" + (" twice" if times > 1 else ""))
        for _ in range(times):
            person.press(message, chosen)

    def _answer_in_words(self, person: Phone) -> None:
        random = self._random
        text = random.choice(_TYPED)
        self._say(person, f"{text} {person.marker}" if text[0].isupper() else text)

    def _press_verb(self, person: Phone, command: str, verbs: tuple[str, ...]) -> None:
        """Go on along a path of buttons, from wherever the chat has got to."""
        for message in person.from_bot()[:3]:
            for verb in reversed(verbs):
                for data in _data_of(message):
                    if data.partition(":")[0] == verb:
                        self._note(person, f"presses {data} on {message.id}")
                        person.press(message, data)
                        return
        self._say(person, command)

    def _press_anothers(self, person: Phone) -> None:
        other = self._random.choice(self.everybody)
        own, foreign = person.from_bot(), other.from_bot()
        if own and foreign:
            data = self._random.choice(_data_of(self._random.choice(foreign)))
            self._note(person, f"presses {data}, drawn for {other.address}")
            person.press(own[0], data)

    def _facilitator_does(self) -> None:
        random = self._random
        chance = random.random()
        if chance < 0.25:
            self._say(self.facilitator, "/announce")
        elif chance < 0.45:
            self._say(self.facilitator, f"Bring a cup, {self.facilitator.marker}.")
        elif chance < 0.6:
            self._say(self.facilitator, random.choice(("/group", "/grade", "/help")))
        elif chance < 0.68 and (shown := list(self.facilitator.chat.messages.values())):
            self.facilitator.type("Ask again on Monday.", reply_to=random.choice(shown).id)
        else:
            self._press(self.facilitator, times=1 if random.random() < 0.8 else 2)

    def _admin_does(self) -> None:
        if self._random.random() < 0.5:
            self._say(self.admin, self._random.choice(("/courses", "/start", "/group")))
        else:
            self._press(self.admin)

    def _say(self, person: Phone, text: str) -> None:
        self._note(person, f"types {text}")
        person.type(text)

    def _note(self, person: Phone, what: str) -> None:
        self._journal.note("person", person.address, what)

    def _phone(self, address: int, language: str) -> Phone:
        marker = self.new_marker()
        chat = self._world.add_person(Person(id=address, first_name=marker, language_code=language))
        return Phone(world=self._world, chat=chat, marker=marker)

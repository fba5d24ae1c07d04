"""Updates, presses and links that nobody would send, made of a seed and of what is on the phones."""

import json
from random import Random
from typing import Any, Final

from bot.all_handlers import all_handlers
from bot.callback_data import MAX_BYTES
from fuzz.furniture import EVERYBODY, STRANGER
from fuzz.json_mutations import NUMBERS, TEXTS, Json, anything, as_bytes, mutated
from fuzz.small_academy import Carried, SmallAcademy

VERBS: Final = sorted(all_handlers().taps)
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"


def any_update(academy: SmallAcademy, seeds: list[Json], random: Random) -> bytes:
    """Return an update that nearly is one; now and then bytes that are no JSON at all."""
    update = _plain(academy, random) if random.random() < 0.4 else random.choice(seeds)
    if random.random() < 0.6:
        update = mutated(update, seeds, random)
    content = as_bytes(update, random)
    return _bytes_changed(content, random) if random.random() < 0.05 else content


def any_press(academy: SmallAcademy, _seeds: list[Json], random: Random) -> bytes:
    """Return a press: on a button that is there, by its owner or by another, or a made-up one."""
    there = list(academy.buttons)
    button = random.choice(there) if there else Carried(STRANGER, 1, "l_next:1:1")
    sender, data = button.address, button.data
    match random.randrange(10):
        case 0 | 1 | 2:
            pass
        case 3:
            sender = random.choice(EVERYBODY)
        case 4 | 5 | 6:
            data = _data_changed(data, random)
        case _:
            data = _made_up(random)
            sender = random.choice(EVERYBODY)
    number = button.message_id if random.random() < 0.7 else random.choice((*NUMBERS, random.randint(1, 200)))
    return json.dumps(_press(sender, data, number, random)).encode()


def any_link(academy: SmallAcademy, _seeds: list[Json], random: Random) -> bytes:
    """Return what somebody types or opens to come in."""
    sender = random.choice((*EVERYBODY, *range(9_000_000, 9_000_040)))
    payload = _payload(academy, random)
    said = random.choice((
        f"/start {payload}", f"/start {payload}", f"/start@dusal_bot {payload}", f"/start\n{payload}",
        payload, payload,
        f"https://t.me/dusal_bot?start={payload}", f"t.me/dusal_bot?startgroup={payload}", f"/start{payload}",
        f"/START  {payload}  ", f"tg://resolve?domain=dusal_bot&start={payload}", f"join {payload}!",
    ))  # fmt: skip
    update = _said(sender, said[:4096])
    if random.random() < 0.2:
        update["message"]["from"]["language_code"] = random.choice(TEXTS)
    return json.dumps(update).encode()


def seeds() -> list[Json]:
    """Return updates of every kind that comes, always in the same order."""
    sender = EVERYBODY[0]
    spoken = _said(sender, "Good morning")
    entities = [
        {"type": "bold", "offset": 0, "length": 4},
        {"type": "text_link", "offset": 2, "length": 3, "url": "https://a.example"},
    ]
    size = {"file_id": "AgAC", "file_unique_id": "x", "width": 90, "height": 60, "file_size": 1000}
    document = {"file_id": "BQAC", "file_name": "course.yaml", "mime_type": "text/yaml", "file_size": 900}
    voice = {"file_id": "AwAC", "duration": 7, "mime_type": "audio/ogg", "file_size": 9000}
    found: list[Json] = [spoken, {"edited_message": _said(sender, "Good evening")["message"]}]
    for person in EVERYBODY:
        found += [
            _said(person, "20"), _said(person, "/start"), _said(person, "/today"), _said(person, "/ask Why?"),
            _said(person, "Hello", entities=entities), _said(person, "", photo=[size, size], caption="Look"),
            _said(person, "", document=document), _said(person, "", voice=voice), _said(person, "",
            sticker={}),
            _said(person, "An answer", reply_to_message={"message_id": 101, "date": 1, "text": "?"}),
            _said(person, "x", forward_origin={"type": "user"}, sender_chat={"id": -100, "type": "channel"}),
            _press(person, "l_next:1:0", 101, Random(1)),
            {"my_chat_member": _membership(person, "kicked")}, {"my_chat_member": _membership(person,
            "member")},
        ]  # fmt: skip
    return found


def _plain(academy: SmallAcademy, random: Random) -> Json:
    """Return an ordinary press or word of somebody, so that the academy gets somewhere."""
    there = list(academy.buttons)
    if there and random.random() < 0.7:
        button = random.choice(there[-40:])
        return _press(button.address, button.data, button.message_id, random)
    return _said(random.choice(EVERYBODY), random.choice(TEXTS))


def _said(sender: int, text: str, **more: object) -> dict[str, Any]:  # JSON
    body: dict[str, Any] = {
        "message_id": 50, "date": 1_764_000_000, "from": _human(sender),
        "chat": {"id": sender, "type": "private", "first_name": "Bold"}, **more,
    }  # fmt: skip
    if text:
        body["text"] = text
    return {"message": body}


def _press(sender: int, data: str, number: float, random: Random) -> dict[str, Any]:  # JSON
    shown: dict[str, Any] = {
        "message_id": number,
        "date": 1_764_000_000,
        "chat": {"id": sender, "type": "private"},
    }
    if random.random() < 0.05:
        shown["date"] = 0
    if random.random() < 0.03:
        shown["chat"] = {"id": -1001, "type": "group"}
    query = {"id": "4711", "from": _human(sender), "chat_instance": "1", "message": shown, "data": data}
    if random.random() < 0.03:
        del query["message"]
    return {"callback_query": query}


def _membership(sender: int, status: str) -> dict[str, Any]:  # JSON
    return {
        "chat": {"id": sender, "type": "private"}, "from": _human(sender), "date": 1,
        "old_chat_member": {"status": "member"}, "new_chat_member": {"status": status},
    }  # fmt: skip


def _human(number: int) -> dict[str, Any]:  # JSON
    return {"id": number, "is_bot": False, "first_name": "Bold", "last_name": "Bat", "language_code": "en"}


def _data_changed(data: str, random: Random) -> str:
    verb, *values = data.split(":")
    match random.randrange(6):
        case 0:
            verb = random.choice(VERBS)
        case 1 if values:
            values[random.randrange(len(values))] = _value(random)
        case 2 if values:
            del values[random.randrange(len(values))]
        case 3:
            values.insert(random.randint(0, len(values)), _value(random))
        case 4 if values:
            at = random.randrange(len(values))
            values[at] = _near(values[at], random)
        case _:
            random.shuffle(values)
    return ":".join((verb, *values))


def _made_up(random: Random) -> str:
    verb = random.choice(VERBS)
    if random.random() < 0.1:
        return random.choice(TEXTS)[: random.choice((10, MAX_BYTES, MAX_BYTES + 1, 300))]
    return ":".join((verb, *(_value(random) for _ in range(random.randint(0, 6)))))


def _value(random: Random) -> str:
    match random.randrange(5):
        case 0 | 1 | 2:
            return _DIGITS[random.randrange(12)]
        case 3:
            return random.choice(
                ("", "-1", "0", "00", "zz", "1_0", " 1", "１", "-0", "zzzzzzzzzzzz", "en", "mn", "x" * 30)
            )
        case _:
            return random.choice(TEXTS)[:20]


def _near(value: str, random: Random) -> str:
    """Return the number beside this one, as a button of somebody else would carry it."""
    if not value or any(letter not in _DIGITS for letter in value):
        return _value(random)
    number = max(0, int(value, 36) + random.choice((-2, -1, 1, 2, 36)))
    digits = ""
    while True:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
        if not number:
            return digits


def _payload(academy: SmallAcademy, random: Random) -> str:
    group = academy.group
    whole = random.choice((group.link_token, group.code, group.code[:4] + " " + group.code[4:]))
    match random.randrange(6):
        case 0 | 1:
            return whole
        case 2:
            at = random.randrange(len(whole))
            return whole[:at] + random.choice("ABCxyz019-_ оО\u202e") + whole[at + 1 :]
        case 3:
            return random.choice((whole[:-1], whole + "x", whole.lower(), whole.upper(), whole * 3))
        case 4:
            return "".join(random.choices("ABCDEFGHJKMNPQRSTUVWXYZ23456789", k=8))
        case _:
            return str(random.choice((*TEXTS, anything(random))))


def _bytes_changed(content: bytes, random: Random) -> bytes:
    changed = bytearray(content)
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(changed) + 1)
        match random.randrange(3):
            case 0 if at < len(changed):
                changed[at] = random.randrange(256)
            case 1:
                changed[at:at] = random.randbytes(random.randint(1, 4))
            case _:
                del changed[at : at + random.randint(1, 20)]
    return bytes(changed)

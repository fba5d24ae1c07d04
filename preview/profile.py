"""Methods about the bot itself: its commands, descriptions and menu button."""

import re

from preview import limits
from preview.calls import Call
from preview.messages import Chat
from preview.refusals import (
    COMMAND_DESCRIPTION,
    COMMAND_NAME,
    COMMANDS_TOO_MUCH,
    LANGUAGE_CODE,
    bad_request,
)
from preview.world import World


async def set_my_commands(world: World, call: Call) -> object:
    """Carry out setMyCommands."""
    given = call.value("commands", words="can't parse commands JSON object")
    if not isinstance(given, list):
        raise bad_request("expected an Array of BotCommand")
    if len(given) > limits.COMMANDS:
        raise bad_request(COMMANDS_TOO_MUCH)
    place = (_scope(world, call), _language(call))
    world.profile.commands[place] = [_command(item) for item in given]
    world.changes.bump()
    _touch_all(world)
    return True


async def get_my_commands(world: World, call: Call) -> object:
    """Carry out getMyCommands: exactly that scope and language, empty when nothing was set."""
    return world.profile.commands.get((_scope(world, call), _language(call)), [])


async def delete_my_commands(world: World, call: Call) -> object:
    """Carry out deleteMyCommands."""
    world.profile.commands.pop((_scope(world, call), _language(call)), None)
    _touch_all(world)
    return True


def commands_for(world: World, chat: Chat) -> list[dict[str, object]]:
    """Return the commands this person's menu shows: the narrowest scope that has any wins."""
    language = chat.person.language_code.partition("-")[0]
    for scope in (f"chat:{chat.person.id}", "all_private_chats", "default"):
        for code in (language, ""):
            found = world.profile.commands.get((scope, code))
            if found:
                return found
    return []


def _command(given: object) -> dict[str, object]:
    if not isinstance(given, dict):
        raise bad_request("expected an Object as BotCommand")
    name, words = str(given.get("command", "")).removeprefix("/"), str(given.get("description", ""))
    if not re.fullmatch(rf"[a-z0-9_]{{1,{limits.COMMAND_CHARS}}}", name):
        raise bad_request(COMMAND_NAME)
    if not 1 <= len(words) <= limits.COMMAND_DESCRIPTION_CHARS:
        raise bad_request(COMMAND_DESCRIPTION)
    return {"command": name, "description": words}


def _scope(world: World, call: Call) -> str:
    given = call.value("scope", words="can't parse BotCommandScope JSON object")
    match given:
        case None | {"type": "default"}:
            return "default"
        case {"type": "all_private_chats" | "all_group_chats" | "all_chat_administrators" as name}:
            return str(name)
        case {"type": "chat", "chat_id": chat_id}:
            return f"chat:{world.chat(str(chat_id)).person.id}"
        case _:
            raise bad_request("unsupported type specified")


def _language(call: Call) -> str:
    code = call.text("language_code")
    if code and not re.fullmatch(r"[a-z]{2}", code):
        raise bad_request(LANGUAGE_CODE)
    return code


async def set_my_description(world: World, call: Call) -> object:
    """Carry out setMyDescription; an empty one takes it away."""
    return _set_words(world, call, "description", longest=limits.DESCRIPTION_CHARS)


async def set_my_short_description(world: World, call: Call) -> object:
    """Carry out setMyShortDescription."""
    return _set_words(world, call, "short_description", longest=limits.SHORT_DESCRIPTION_CHARS)


async def set_my_name(world: World, call: Call) -> object:
    """Carry out setMyName."""
    return _set_words(world, call, "name", longest=64)


def _set_words(world: World, call: Call, kind: str, *, longest: int) -> bool:
    said = call.text(kind)
    if len(said) > longest:
        raise bad_request(f"BOT_{kind.upper()}_TOO_LONG")
    _words(world, kind)[_language(call)] = said
    _touch_all(world)
    return True


def _words(world: World, kind: str) -> dict[str, str]:
    match kind:
        case "description":
            return world.profile.description
        case "short_description":
            return world.profile.short_description
        case _:
            return world.profile.name


async def get_my_description(world: World, call: Call) -> object:
    """Carry out getMyDescription."""
    return {"description": words_for(world, "description", language=_language(call))}


async def get_my_short_description(world: World, call: Call) -> object:
    """Carry out getMyShortDescription."""
    return {"short_description": words_for(world, "short_description", language=_language(call))}


async def get_my_name(world: World, call: Call) -> object:
    """Carry out getMyName."""
    return {"name": words_for(world, "name", language=_language(call)) or world.bot.name}


def words_for(world: World, kind: str, *, language: str) -> str:
    """Return what the bot says about itself in that language, else in any; empty when nothing."""
    said = _words(world, kind)
    return said.get(language.partition("-")[0]) or said.get("", "")


async def set_chat_menu_button(world: World, call: Call) -> object:
    """Carry out setChatMenuButton."""
    given = call.value("menu_button", words="can't parse MenuButton JSON object")
    match given:
        case None | {"type": "default"}:
            button: dict[str, object] = {"type": "commands"}
        case {"type": "commands"}:
            button = {"type": "commands"}
        case {"type": "web_app", "text": str() as text, "web_app": {"url": str() as url}}:
            button = {"type": "web_app", "text": text, "web_app": {"url": url}}
        case _:
            raise bad_request("MenuButton has unsupported type")
    world.profile.menu_buttons[_menu_place(world, call)] = button
    _touch_all(world)
    return True


async def get_chat_menu_button(world: World, call: Call) -> object:
    """Carry out getChatMenuButton."""
    buttons = world.profile.menu_buttons
    return buttons.get(_menu_place(world, call)) or buttons.get(0) or {"type": "commands"}


def _menu_place(world: World, call: Call) -> int:
    return world.chat(call.text("chat_id")).person.id if call.text("chat_id") else 0


def _touch_all(world: World) -> None:
    for chat in world.chats.values():
        world.touch(chat)

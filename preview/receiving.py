"""Methods by which the bot hears and fetches: updates, webhook, chats and files."""

import json

from preview import limits
from preview.calls import Call
from preview.refusals import (
    CONFLICT_WEBHOOK,
    FILE_ID_MISSING,
    FILE_ID_WRONG,
    FILE_TOO_BIG_TO_GET,
    Refusal,
    bad_request,
)
from preview.webhook import checked_address
from preview.world import World


async def get_me(world: World, _call: Call) -> object:
    """Carry out getMe."""
    return world.bot.as_me()


async def get_updates(world: World, call: Call) -> object:
    """Carry out getUpdates."""
    if world.webhook.address is not None:
        raise Refusal(409, CONFLICT_WEBHOOK)
    allowed = _allowed(call)
    if allowed is not None:
        world.queue.allowed = frozenset(allowed) or None
    return await world.queue.poll(
        offset=call.number("offset"),
        limit=min(max(call.number("limit", default=100), 1), 100),
        seconds=min(max(call.number("timeout"), 0), limits.POLL_SECONDS),
    )


async def set_webhook(world: World, call: Call) -> object:
    """Carry out setWebhook; an empty `url` is deleteWebhook."""
    if not call.text("url"):
        return await delete_webhook(world, call)
    allowed = _allowed(call)
    address = checked_address(
        call.text("url"),
        secret=call.text("secret_token"),
        max_connections=call.number("max_connections", default=40),
        allowed=tuple(allowed) if allowed else None,
    )
    if call.flag("drop_pending_updates"):
        world.queue.clear()
    if allowed is not None:
        world.queue.allowed = frozenset(allowed) or None
    await world.webhook.set(address)
    return True


async def delete_webhook(world: World, call: Call) -> object:
    """Carry out deleteWebhook."""
    if call.flag("drop_pending_updates"):
        world.queue.clear()
    await world.webhook.set(None)
    return True


async def get_webhook_info(world: World, _call: Call) -> object:
    """Carry out getWebhookInfo."""
    address, error = world.webhook.address, world.webhook.last_error
    info: dict[str, object] = {
        "url": address.url if address else "",
        "has_custom_certificate": False,
        "pending_update_count": len(world.queue.waiting()),
    }
    if address is not None:
        info |= {"max_connections": address.max_connections, "ip_address": "127.0.0.1"}
        if address.allowed:
            info["allowed_updates"] = list(address.allowed)
        if error is not None:
            info |= {"last_error_date": int(error[0].timestamp()), "last_error_message": error[1]}
    return info


def _allowed(call: Call) -> list[str] | None:
    """Return the kinds asked for; None leaves the setting as it is, and so does what cannot be read."""
    if "allowed_updates" not in call.values:
        return None
    given = call.values["allowed_updates"]
    try:
        kinds = json.loads(given) if isinstance(given, str) else given
    except ValueError:
        return None
    return [str(kind) for kind in kinds] if isinstance(kinds, list) else None


async def get_chat(world: World, call: Call) -> object:
    """Carry out getChat: the ChatFullInfo of a private chat."""
    chat = world.chat(call.text("chat_id"))
    person = chat.person
    info = person.as_chat() | {
        "accent_color_id": person.id % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": False,
            "limited_gifts": False,
            "unique_gifts": False,
            "premium_subscription": False,
            "gifts_from_channels": False,
        },
    }
    if person.username:
        info["active_usernames"] = [person.username]
    return info


async def get_file(world: World, call: Call) -> object:
    """Carry out getFile."""
    if not call.text("file_id"):
        raise bad_request(FILE_ID_MISSING)
    stored = world.files.find(call.text("file_id"))
    if stored is None:
        raise bad_request(FILE_ID_WRONG)
    if len(stored.content) > limits.DOWNLOAD_BYTES:
        raise bad_request(FILE_TOO_BIG_TO_GET)
    return stored.as_file() | {"file_path": stored.path}

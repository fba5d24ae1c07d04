"""Announcements on the facilitator's phone: the prompt, the control under the preview, the report."""

from datetime import datetime
from zoneinfo import ZoneInfo

from academy.messages.facilitating import (
    AnnounceCancelled,
    AnnounceControl,
    AnnounceLate,
    Announcement,
    AnnouncePrompt,
    AnnounceReady,
    AnnounceReport,
    AnnounceSending,
    AnnounceTooLong,
)
from bot.callback_data import press
from bot.rich import bold, joined
from bot.screen import Button, View
from bot.screens.names import person_name
from i18n.catalog import Words
from lessons.markup import RichText

AT_ONCE = 0
"""Carried by the button that takes a schedule back."""


def announcement(message: Announcement) -> View:
    """Return what learners get. Preview, test and delivery all come through here."""
    return View(text=message.text, photo_file_id=message.photo_file_id, picture=message.picture)


def ready(message: AnnounceReady, words: Words) -> View:
    """Return what to do with an announcement of the course whose day has come."""
    one = message.announcement_id
    edit = Button(label=words("Edit"), press=press("n_rewrite", one))
    not_now = Button(label=words("Not now"), press=press("n_pass", one))
    text = words("This announcement is ready: {group}", group=message.group)
    if not message.people:
        text += " " + words("Nobody would get it.")
        return View(text=bold(text), buttons=((edit, not_now),))
    label = words("Send to {n}", n=message.people)
    send = Button(label=label, press=press("n_release", one), style="primary")
    return View(text=bold(text), buttons=((send,), (edit, not_now)))


def late(message: AnnounceLate, words: Words, *, now: datetime) -> View:
    """Return the question what becomes of an announcement whose time is over."""
    one = message.announcement_id
    when = words.when(message.useful_until, zone=message.zone, now=now)
    untold = words.plural(
        "{n} person in {group} has not got it.",
        "{n} people in {group} have not got it.",
        n=message.people,
        group=message.group,
    )
    text = joined(
        (
            bold(words("This announcement was useful until {when}, and did not go before.", when=when)),
            untold,
        )
    )
    send = Button(label=words("Send to {n}", n=message.people), press=press("n_anyway", one), style="primary")
    return View(text=text, buttons=((send,), (Button(label=words("Drop it"), press=press("n_over", one)),)))


def prompt(message: AnnouncePrompt, words: Words) -> View:
    """Return the invitation to write."""
    text = joined(
        (
            words("Write to {group}: one message, or a picture with text.", group=message.group),
            words("You see it first, exactly as the others will get it."),
        )
    )
    if message.replaces:
        back = Button(label=words("Keep the old text"), press=press("n_control", message.replaces))
    else:
        back = Button(label=words("Cancel"), press=press("n_stop"))
    return View(text=text, buttons=((back,),))


def too_long(message: AnnounceTooLong, words: Words) -> View:
    """Return by how much to shorten."""
    holds = (
        words("The text under a picture may have {limit} characters.", limit=message.limit)
        if message.with_picture
        else words("One message holds {limit} characters.", limit=message.limit)
    )
    cut = words.plural(
        "Cut {n} character and send it again.", "Cut {n} characters and send it again.", n=message.over
    )
    stop = Button(label=words("Cancel"), press=press("n_stop"))
    return View(text=RichText(f"{holds} {cut}"), buttons=((stop,),))


def control(message: AnnounceControl, words: Words, *, now: datetime) -> View:
    """Return who gets it when, and what to do with it."""
    to = words.plural(
        "To: {group}, {n} person", "To: {group}, {n} people", n=message.people, group=message.group
    )
    return View(
        text=joined(
            (
                bold(to),
                "\n".join(_counts(message, words, now=now)),
                _names(message, words),
                words("The test is below.") if message.tested else "",
                words("When should it go?") if message.schedule_choices else "",
            )
        ),
        buttons=_moments(message, words, now=now) if message.schedule_choices else _actions(message, words),
    )


def sending(message: AnnounceSending, words: Words, *, now: datetime) -> View:
    """Return that it is confirmed, and how to take it back."""
    if message.send_at is None:
        text = words.plural(
            "Sending to {n} person in {seconds} seconds.",
            "Sending to {n} people in {seconds} seconds.",
            n=message.people,
            seconds=message.seconds,
        )
    else:
        text = words.plural(
            "Goes to {n} person: {when}.",
            "Goes to {n} people: {when}.",
            n=message.people,
            when=words.when(message.send_at, zone=message.zone, now=now),
        )
    undo = Button(label=words("Undo"), press=press("n_undo", message.announcement_id))
    return View(text=RichText(text), buttons=((undo,),))


def report(message: AnnounceReport, words: Words, *, now: datetime) -> View:
    """Return what became of it, and what nobody can know."""
    lines = [words("Accepted by Telegram: {n}", n=message.accepted)]
    if message.waiting:
        until = message.waiting_until
        lines.append(
            words("Waiting: {n}", n=message.waiting)
            if until is None or until <= now
            else words(
                "Waiting: {n}, until {when} at the latest",
                n=message.waiting,
                when=words.when(until, zone=message.zone, now=now),
            )
        )
    lines += [_failure(reason, count, words) for reason, count in message.failed]
    rest = Button(label=words("Cancel the rest"), press=press("n_undo", message.announcement_id))
    return View(
        text=joined(("\n".join(lines), words("Telegram does not tell bots who has read a message."))),
        buttons=((rest,),) if message.undoable else (),
    )


def cancelled(message: AnnounceCancelled, words: Words) -> View:
    """Return that nothing more goes out, and what had gone out."""
    if not message.sent_before:
        return View(text=RichText(words("Cancelled. Nobody got it.")))
    return View(
        text=RichText(
            words.plural(
                "Cancelled. {n} person had got it before.",
                "Cancelled. {n} people had got it before.",
                n=message.sent_before,
            )
        )
    )


def _counts(message: AnnounceControl, words: Words, *, now: datetime) -> list[str]:
    if message.now + message.later == 0:
        lines = [words("Nobody would get it.")]
    elif message.send_at is None:
        lines = [words("Get it now: {n}", n=message.now)]
    else:
        when = words.when(message.send_at, zone=message.zone, now=now)
        lines = [words("Get it {when}: {n}", when=when, n=message.now)]
    if message.later and message.later_at is not None:
        when = words.when(message.later_at, zone=message.zone, now=now)
        lines.append(
            words(
                "Get it after the quiet hours where they are, the first {when}: {n}",
                when=when,
                n=message.later,
            )
        )
    if message.paused:
        lines.append(words("Left out, paused: {n}", n=message.paused))
    if message.unreachable:
        lines.append(words("Left out, not reachable: {n}", n=message.unreachable))
    return lines


def _names(message: AnnounceControl, words: Words) -> str:
    if not message.names:
        return ""
    names = [person_name(name, words) for name in message.names]
    if (more := message.now + message.later - len(names)) > 0:
        names.append(words.plural("{n} more", "{n} more", n=more))
    return words("Who gets it: {names}", names=words.list(tuple(names)))


def _actions(message: AnnounceControl, words: Words) -> tuple[tuple[Button, ...], ...]:
    one = message.announcement_id
    rows = [
        (
            Button(label=words("Send test to me"), press=press("n_test", one)),
            Button(label=words("Edit"), press=press("n_edit", one)),
        ),
        (
            Button(label=words("Who gets it"), press=press("n_who", one)),
            Button(label=words("Schedule"), press=press("n_when", one)),
        ),
    ]
    cancel = Button(label=words("Cancel"), press=press("n_drop", one))
    if people := message.now + message.later:
        send = Button(label=words("Send to {n}", n=people), press=press("n_send", one), style="primary")
        return (*rows, (send, cancel))
    return (*rows, (cancel,))


def _moments(message: AnnounceControl, words: Words, *, now: datetime) -> tuple[tuple[Button, ...], ...]:
    one = message.announcement_id
    buttons = tuple(
        Button(
            label=_moment(moment, words, zone=message.zone, now=now),
            press=press("n_at", one, int(moment.timestamp()) // 60),
        )
        for moment in message.schedule_choices
    )
    rows = tuple(buttons[first : first + 2] for first in range(0, len(buttons), 2))
    last = [Button(label=words("Back"), press=press("n_control", one))]
    if message.send_at is not None:
        last.insert(0, Button(label=words("At once"), press=press("n_at", one, AT_ONCE)))
    return (*rows, tuple(last))


def _moment(moment: datetime, words: Words, *, zone: str, now: datetime) -> str:
    there = ZoneInfo(zone)
    clock = words.clock(moment, zone=zone)
    days = (moment.astimezone(there).date() - now.astimezone(there).date()).days
    if days == 0:
        return words("Today {time}", time=clock)
    if days == 1:
        return words("Tomorrow {time}", time=clock)
    return words("{day} {time}", day=words.day_name(moment.astimezone(there).weekday()), time=clock)


def _failure(reason: str, count: int, words: Words) -> str:
    match reason:
        case "blocked":
            return words("Failed, blocked the bot: {n}", n=count)
        case "not_found":
            return words("Failed, the account is gone: {n}", n=count)
        case "uncertain":
            return words("Nobody can know whether it arrived: {n}", n=count)
        case "left":
            return words("Left the group before it went out: {n}", n=count)
        case "cancelled":
            return words("Cancelled: {n}", n=count)
        case _:
            return words("Failed, refused by Telegram: {n}", n=count)

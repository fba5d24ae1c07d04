"""How joining looks: from the welcome to the agreed time, always in one message that is edited."""

from datetime import datetime
from typing import assert_never

from academy.messages.joining import (
    AlreadyJoined,
    DaysPicker,
    EraseQuestion,
    Help,
    HourPicker,
    JoiningMessage,
    JoinRefused,
    LeaveQuestion,
    Left,
    MinutePicker,
    MyData,
    NotJoined,
    Paused,
    PrivacyNotice,
    SampleCard,
    ScheduleOffer,
    ScheduleSet,
    Settings,
    TypeCode,
    Welcome,
    WelcomeBack,
    ZoneOffer,
    ZoneQuestion,
)
from bot.callback_data import press
from bot.rich import bold, joined
from bot.screen import Button, View
from bot.screens import own_data, times
from bot.screens.rows import in_rows
from i18n.catalog import Words
from lessons.markup import RichText


def view(message: JoiningMessage, words: Words, *, now: datetime) -> View:
    """Return how `message` looks in the language of `words`."""
    match message:
        case Welcome():
            return welcome(message, words)
        case PrivacyNotice():
            return own_data.privacy_notice(message, words)
        case NotJoined():
            return not_joined(message, words)
        case ScheduleOffer():
            return times.schedule_offer(message, words)
        case DaysPicker():
            return times.days_picker(message, words)
        case HourPicker():
            return times.hour_picker(message, words)
        case MinutePicker():
            return times.minute_picker(message, words)
        case ZoneQuestion():
            return times.zone_question(message, words)
        case ZoneOffer():
            return times.zone_offer(message, words)
        case ScheduleSet():
            return times.schedule_set(message, words, now=now)
        case Paused():
            return times.paused(message, words)
        case TypeCode():
            return type_code(message, words)
        case SampleCard():
            return sample_card(message, words)
        case JoinRefused():
            return join_refused(message, words)
        case AlreadyJoined():
            return already_joined(message, words, now=now)
        case WelcomeBack():
            return welcome_back(message, words)
        case Settings():
            return own_data.settings(message, words)
        case MyData():
            return own_data.my_data(message, words)
        case LeaveQuestion():
            return own_data.leave_question(message, words)
        case Left():
            return own_data.left(message, words)
        case EraseQuestion():
            return own_data.erase_question(words)
        case Help():
            return own_data.help_lines(message, words)
        case _:
            assert_never(message)


def welcome(message: Welcome, words: Words) -> View:
    """Screen 1: what this is, who helps, and how long it takes."""
    hello = words("Hello {name}!", name=message.name) if message.name else words("Hello!")
    about = words.plural(
        "{n} lesson, about {minutes} min.",
        "{n} lessons, about {minutes} min each.",
        n=message.lessons,
        minutes=message.minutes,
    )
    if message.facilitator:
        about += " " + words("{name} helps you.", name=message.facilitator)
    where = words("{academy}, group “{group}”", academy=message.academy, group=message.group)
    others = tuple(
        Button(
            label=words("{language} instead", language=words.language_name(other)),
            press=press("j_lang", message.invitation, other),
        )
        for other in message.other_languages[:4]
    )
    return View(
        text=joined((hello, joined((bold(message.course), where, about), between="\n"))),
        buttons=(
            (Button(label=words("Start"), press=press("j_start", message.invitation), style="primary"),),
            *in_rows(others, 2),
        ),
    )


def not_joined(message: NotJoined, words: Words) -> View:
    """After "No, thanks": what was kept, and how to come back."""
    kept = (
        words("You have not joined. Nothing else has changed.")
        if message.known
        else words("You have not joined. Nothing about you is kept.")
    )
    return View(text=joined((kept, words("To come back, open the join link again.")), between=" "))


def type_code(message: TypeCode, words: Words) -> View:
    """No code came along: type it, or look at a lesson first."""
    text = joined(
        (
            words("Short lessons from {academy}, 3 to 5 minutes each.", academy=message.academy),
            words("Type your join code, for example K7Q4 MXPR. You get it from the person who invited you."),
        )
    )
    if not message.sample:
        return View(text=text)
    sample = Button(label=words("See a sample lesson"), press=press("j_sample", 1), style="primary")
    return View(text=text, buttons=((sample,),))


def sample_card(message: SampleCard, words: Words) -> View:
    """One card of the sample; the last one asks for the code."""
    place = words(
        "Sample from {course}. Card {card} of {cards}",
        course=message.course,
        card=message.card,
        cards=message.cards,
    )
    if message.card < message.cards:
        go_on = Button(label=words("Continue"), press=press("j_sample", message.card + 1), style="primary")
        return View(text=joined((place, message.text)), buttons=((go_on,),))
    ending = words("That was the sample. Nothing about you is kept.")
    code = Button(label=words("Type my code"), press=press("j_code"), style="primary")
    return View(text=joined((place, message.text, ending)), buttons=((code,),))


def join_refused(message: JoinRefused, words: Words) -> View:
    """Why nobody gets in here, and what to do about it."""
    return View(text=RichText(_refusal(message, words)))


def already_joined(message: AlreadyJoined, words: Words, *, now: datetime) -> View:
    """The link was opened again by somebody who is in."""
    if message.finished:
        text = words(
            "You are in “{group}” and have finished every lesson. Read them again with /lessons",
            group=message.group,
        )
        return View(text=RichText(text))
    here = words("You are in “{group}”.", group=message.group)
    if message.assignment_id is None:
        if message.next_at is not None:
            when = words.when(message.next_at, zone=message.zone, now=now)
            here += " " + words("Next lesson: {when}.", when=when)
        return View(text=RichText(here))
    go_on = Button(
        label=words("Continue lesson {number}", number=message.lesson),
        press=press("l_open", message.assignment_id),
        style="primary",
    )
    return View(text=RichText(here), buttons=((go_on,),))


def welcome_back(message: WelcomeBack, words: Words) -> View:
    """After leaving or blocking: go on where they were."""
    text = words("Welcome back to “{group}”. Everything you did is still there.", group=message.group)
    pick_up = Button(
        label=words("Pick up at lesson {number}", number=message.lesson),
        press=press("j_back", message.group_id),
        style="primary",
    )
    return View(text=RichText(text), buttons=((pick_up,),))


def _refusal(message: JoinRefused, words: Words) -> str:
    match message.reason:
        case "unknown":
            return words(
                "That code isn't in use. Check it with the person who gave it to you, or type it again."
            )
        case "closed" if message.closed_at is not None:
            when = words.date(message.closed_at, zone=message.zone)
            if message.facilitator:
                return words(
                    "This group closed on {date}. Ask {name} for a new link.",
                    date=when,
                    name=message.facilitator,
                )
            return words("This group closed on {date}. Ask the person who invited you.", date=when)
        case "closed":
            return words("This group is closed. Ask the person who invited you.")
        case "full" if message.facilitator:
            return words("This group is full. Ask {name} for another place.", name=message.facilitator)
        case "full":
            return words("This group is full. Ask the person who invited you.")
        case "too_many_tries":
            return words("Several wrong codes came. Type yours again in an hour, or open the join link.")
        case _:
            assert_never(message.reason)

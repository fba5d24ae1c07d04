"""How days, hours, clocks and pauses look: small buttons whose values travel along."""

from datetime import datetime

from academy.messages.joining import (
    DaysPicker,
    HourPicker,
    MinutePicker,
    Paused,
    ScheduleOffer,
    ScheduleSet,
    Slot,
    ZoneOffer,
    ZoneQuestion,
)
from bot.callback_data import press
from bot.rich import bold, joined
from bot.screen import Button, View
from bot.screens.rows import LABEL_CHARS, in_rows
from i18n.catalog import Words
from lessons.markup import RichText


def schedule_offer(message: ScheduleOffer, words: Words) -> View:
    """Screen 3 and /schedule: one tap for the usual rhythms, another for everything else."""
    choices = tuple(
        (_choice(message, words, slot, first=position == 0),) for position, slot in enumerate(message.choices)
    )
    usual = message.current or message.choices[0]
    pick = Button(
        label=words("Choose days and time"),
        press=press("j_days", message.enrollment_id, _digits(usual.weekdays)),
    )
    return View(
        text=joined((bold(message.course), _offer_text(message, words))),
        buttons=(*_resume(message, words), *choices, (pick,), *_pauses(message, words)),
    )


def days_picker(message: DaysPicker, words: Words) -> View:
    """Seven toggles in two rows; ticked days start with a tick."""
    picked = set(message.picked)
    toggles = tuple(
        Button(
            label=f"✓ {words.day_name(day)}" if day in picked else words.day_name(day),
            press=press("j_days", message.enrollment_id, _digits(picked ^ {day})),
        )
        for day in range(7)
    )
    chosen = words("Chosen: {days}.", days=words.days(message.picked)) if picked else words("Choose a day.")
    text = joined((words("On which days should a lesson come?"), chosen))
    go_on = Button(
        label=words("Choose the hour"),
        press=press("j_hours", message.enrollment_id, _digits(picked)),
        style="primary",
    )
    back = Button(label=words("Back"), press=press("j_choices", message.enrollment_id))
    return View(text=text, buttons=(toggles[:4], toggles[4:], (go_on, back) if picked else (back,)))


def hour_picker(message: HourPicker, words: Words) -> View:
    """Hours that are not quiet, four in a row."""
    digits = _digits(message.picked)
    hours = tuple(
        Button(label=f"{hour:02}", press=press("j_minutes", message.enrollment_id, digits, hour))
        for hour in message.hours
    )
    back = Button(label=words("Back"), press=press("j_days", message.enrollment_id, digits))
    text = words("{days}: at which hour?", days=_start_with_capital(words.days(message.picked)))
    return View(text=RichText(text), buttons=(*in_rows(hours, 4), (back,)))


def minute_picker(message: MinutePicker, words: Words) -> View:
    """The quarters of the hour."""
    digits = _digits(message.picked)
    quarters = tuple(
        Button(
            label=f"{message.hour:02}:{minute:02}",
            press=press("j_slot", message.enrollment_id, digits, message.hour * 60 + minute),
        )
        for minute in message.minutes
    )
    back = Button(label=words("Back"), press=press("j_hours", message.enrollment_id, digits))
    text = words("{days}: at what time?", days=_start_with_capital(words.days(message.picked)))
    return View(text=RichText(text), buttons=(*in_rows(quarters, 4), (back,)))


def zone_question(message: ZoneQuestion, words: Words) -> View:
    """The zone is never asked for by name."""
    return View(
        text=RichText(words("Is it {time} where you are?", time=message.local_time)),
        buttons=(
            (
                Button(label=words("Yes"), press=press("j_yes", message.enrollment_id), style="primary"),
                Button(label=words("No"), press=press("j_zones", message.enrollment_id, 0)),
            ),
        ),
    )


def zone_offer(message: ZoneOffer, words: Words) -> View:
    """Other clocks, as the time they show now."""
    clocks = tuple(
        Button(label=local_time, press=press("j_zone", message.enrollment_id, zone))
        for zone, local_time in message.choices
    )
    other = (
        Button(label=words("Back"), press=press("j_clock", message.enrollment_id))
        if message.further is None
        else Button(
            label=words("Show other times"),
            press=press("j_zones", message.enrollment_id, message.further),
        )
    )
    text = words("What time is it where you are?")
    return View(text=RichText(text), buttons=(*in_rows(clocks, 2), (other,)))


def schedule_set(message: ScheduleSet, words: Words, *, now: datetime) -> View:
    """One line that stays, and when the next lesson comes."""
    agreed = words(
        "Set: {days} {time}. Change with /schedule",
        days=words.days(message.slot.weekdays),
        time=message.slot.at,
    )
    moved = words("Your other course comes half an hour before.") if message.moved else ""
    following = (
        words("Next lesson: {when}.", when=words.when(message.next_at, zone=message.zone, now=now))
        if message.next_at is not None
        else ""
    )
    return View(text=joined((agreed, moved, following), between="\n"))


def paused(message: Paused, words: Words) -> View:
    """Lessons rest, until a day or until the learner says otherwise."""
    if message.until is None:
        text = words("Your lessons are paused until you come back. Nothing is lost.")
    else:
        day = words.date(message.until, zone=message.zone)
        text = words("Your lessons are paused. They come again on {date}. Nothing is lost.", date=day)
    again = Button(
        label=words("Take up lessons now"), press=press("s_resume", message.enrollment_id), style="primary"
    )
    return View(text=RichText(text), buttons=((again,),) if message.enrollment_id else ())


def _offer_text(message: ScheduleOffer, words: Words) -> str:
    city = words.city(message.zone)
    if message.current is None:
        return words("When should a lesson come? Times are {city} time.", city=city)
    if message.paused and message.paused_until is not None:
        return words(
            "Your lessons are paused until {date}.", date=words.date(message.paused_until, zone=message.zone)
        )
    if message.paused:
        return words("Your lessons are paused until you come back.")
    return words(
        "Lessons come: {days} {time}, {city} time. When should they come?",
        days=words.days(message.current.weekdays),
        time=message.current.at,
        city=city,
    )


def _choice(message: ScheduleOffer, words: Words, slot: Slot, *, first: bool) -> Button:
    hour, minute = slot.at.split(":")
    label = f"{_start_with_capital(words.days(slot.weekdays))} {slot.at}"
    if first and message.current is None:
        usual = words("{slot}, as the group", slot=label)
        label = usual if len(usual) <= LABEL_CHARS else label
    return Button(
        label=label,
        press=press("j_slot", message.enrollment_id, _digits(slot.weekdays), int(hour) * 60 + int(minute)),
        style="primary" if first and not message.paused else None,
    )


def _resume(message: ScheduleOffer, words: Words) -> tuple[tuple[Button, ...], ...]:
    if not message.paused:
        return ()
    again = words("Take up lessons now")
    return ((Button(label=again, press=press("s_resume", message.enrollment_id), style="primary"),),)


def _pauses(message: ScheduleOffer, words: Words) -> tuple[tuple[Button, ...], ...]:
    if message.current is None:
        return ()
    return (
        (
            Button(label=words("Pause 1 week"), press=press("s_pause", message.enrollment_id, "1w")),
            Button(label=words("Pause 2 weeks"), press=press("s_pause", message.enrollment_id, "2w")),
        ),
        (
            Button(
                label=words("Pause until I come back"), press=press("s_pause", message.enrollment_id, "open")
            ),
        ),
        (Button(label=words("Change my time zone"), press=press("j_clock", message.enrollment_id)),),
    )


def _digits(weekdays: tuple[int, ...] | set[int]) -> str:
    return "".join(str(day) for day in sorted(weekdays))


def _start_with_capital(text: str) -> str:
    return text[:1].upper() + text[1:]

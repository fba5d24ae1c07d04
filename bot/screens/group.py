"""How a group stands: five figures in words and as a picture, and who needs a hand."""

from datetime import datetime
from zoneinfo import ZoneInfo

from academy.messages.facilitating import GroupChoice, GroupHands, GroupSummary, Hand
from bot.callback_data import press
from bot.rich import bold, joined
from bot.screen import Button, View
from bot.screens.names import person_name
from bot.screens.rows import cut
from i18n.catalog import Words
from lessons.markup import RichText
from reports.completion import Figures
from reports.needs_a_hand import Reason
from reports.pictures.group_picture import Bar, GroupPicture, group_svg

_GROUPS_OFFERED = 40


def choice(message: GroupChoice, words: Words) -> View:
    """Return the question which of several groups is meant."""
    verb = "n_group" if message.purpose == "announce" else "g_show"
    text = words("Which group do you want to write to?") if verb == "n_group" else words("Which group?")
    rows = tuple(
        (Button(label=cut(name), press=press(verb, group_id)),)
        for group_id, name in message.groups[:_GROUPS_OFFERED]
    )
    return View(text=RichText(text), buttons=rows)


def summary(message: GroupSummary, words: Words, *, now: datetime) -> View:
    """Return the five figures; the picture repeats what the words say."""
    text = joined(
        (
            joined((bold(message.group), message.course), between="\n"),
            "\n".join(f"{label}: {value}" for label, value in _figures(message.figures, words)),
            joined(
                (_hand(hand, words, zone=message.zone, now=now, reasons=1) for hand in message.hands),
                between="\n",
            ),
            _to_grade(message, words),
            joined((words("Code to join: {code}", code=message.code), message.link), between="\n"),
        )
    )
    rows: list[tuple[Button, ...]] = [
        (
            Button(label=words("Write to the group"), press=press("n_group", message.group_id)),
            Button(label=words("Refresh"), press=press("g_show", message.group_id)),
        )
    ]
    if message.figures.need_a_hand:
        label = words("Who needs a hand ({n})", n=message.figures.need_a_hand)
        rows.insert(0, (Button(label=label, press=press("g_hands", message.group_id), style="primary"),))
    if message.to_grade:
        label = words("Grade ({n})", n=message.to_grade)
        rows.insert(-1, (Button(label=label, press=press("g_grade", message.group_id)),))
    return View(
        text=text, buttons=tuple(rows), drawing=drawing(message.group, message.course, message.figures, words)
    )


def _to_grade(message: GroupSummary, words: Words) -> str:
    if not message.to_grade:
        return ""
    told = words.plural("{n} answer to grade", "{n} answers to grade", n=message.to_grade)
    if not message.oldest_hours:
        return f"{told}."
    oldest = words.plural("oldest {n} hour", "oldest {n} hours", n=message.oldest_hours)
    return f"{told} ({oldest})."


def hands(message: GroupHands, words: Words, *, now: datetime) -> View:
    """Return everybody who needs a hand, with every reason."""
    heading = bold(words("Who needs a hand: {group}", group=message.group))
    if not message.hands:
        return View(text=joined((heading, words("Nobody at the moment."))))
    lines = [
        _hand(hand, words, zone=message.zone, now=now, reasons=len(hand.reasons)) for hand in message.hands
    ]
    more = words("And {n} more.", n=message.more) if message.more else ""
    return View(text=joined((heading, *lines, more)))


def drawing(group: str, course: str, figures: Figures, words: Words) -> str:
    """Return the picture of the five figures as SVG."""
    return group_svg(
        GroupPicture(
            group=group,
            course=course,
            bars=(
                Bar(label=words("Joined"), value=figures.joined),
                Bar(label=words("Started"), value=figures.started),
                Bar(label=words("On schedule"), value=figures.on_schedule),
                Bar(label=words("Finished"), value=figures.finished),
                Bar(label=words("Need a hand"), value=figures.need_a_hand, attention=True),
            ),
            whole=figures.invited or figures.joined,
        )
    )


def _figures(figures: Figures, words: Words) -> tuple[tuple[str, str], ...]:
    joined_of = str(figures.joined)
    if figures.invited is not None:
        joined_of = words("{n} of {invited} invited", n=figures.joined, invited=figures.invited)
    return (
        (words("Joined"), joined_of),
        (words("Started"), str(figures.started)),
        (words("On schedule"), str(figures.on_schedule)),
        (words("Finished"), str(figures.finished)),
        (words("Need a hand"), str(figures.need_a_hand)),
    )


def _hand(hand: Hand, words: Words, *, zone: str, now: datetime, reasons: int) -> RichText:
    why = " ".join(_reason(reason, words) for reason in hand.reasons[:reasons])
    last = words("Last active: {when}.", when=_day(hand.last_active_at, words, zone=zone, now=now))
    return joined((bold(person_name(hand.name, words)), f"{why} {last}"), between="\n")


def _day(moment: datetime, words: Words, *, zone: str, now: datetime) -> str:
    local = ZoneInfo(zone)
    days = (now.astimezone(local).date() - moment.astimezone(local).date()).days
    if days <= 0:
        return words("today")
    if days == 1:
        return words("yesterday")
    return words.date(moment, zone=zone)


def _reason(reason: str, words: Words) -> str:
    match reason:
        case Reason.NEVER_STARTED:
            return words("Joined some days ago and has not begun.")
        case Reason.SILENT:
            return words("No sign for 3 learning days or more.")
        case Reason.BEHIND:
            return words("2 lessons behind or more.")
        case Reason.LOW_SCORE:
            return words("The last two lessons were hard: under 50% right at the first try.")
        case Reason.QUESTION_WAITING:
            return words("A question waits for an answer.")
        case Reason.TEST_NOT_PASSED:
            return words("Did not pass the test, and no attempt is left.")
        case Reason.NOT_REACHABLE:
            return words("Not reachable: blocked the bot.")
        case _:
            # A row written by a later version may know more reasons.
            return words("Needs a hand.")

"""How the privacy notice, one's own data, the settings and the help look."""

from academy.messages.joining import Help, LeaveQuestion, Left, MyData, PrivacyNotice, Settings
from bot.callback_data import press
from bot.rich import bold, joined
from bot.screen import Button, View
from bot.screens.rows import LABEL_CHARS, cut, in_rows
from i18n.catalog import Words
from lessons.markup import RichText

_MOST_GROUPS = 4


def privacy_notice(message: PrivacyNotice, words: Words) -> View:
    """Screen 2 and /privacy: what is kept, who sees it, how long, and that Telegram carries it."""
    lines = (
        words("What we keep: your Telegram name and number, your answers and how far you are."),
        words("Who sees it: {name} and the course team. Not your colleagues.", name=message.facilitator)
        if message.facilitator
        else words("Who sees it: the course team. Not your colleagues."),
        words.plural(
            "How long: until {n} month after the course.",
            "How long: until {n} months after the course.",
            n=message.keep_months,
        ),
        words("Telegram carries these messages and keeps its own copy."),
        words("You can stop or erase everything at any time: /privacy") if message.joining else "",
    )
    text = joined((joined(lines, between="\n"), *_whole_notice(message, words)))
    return View(text=text, buttons=_before(message, words) if message.joining else _after(message, words))


def settings(message: Settings, words: Words) -> View:
    """Language and pictures; a tap on what is chosen already changes nothing."""
    languages = tuple(
        Button(
            label=f"✓ {words.language_name(one)}" if one == message.language else words.language_name(one),
            press=press("s_lang", one),
        )
        for one in message.languages
    )
    pictures = (
        Button(label=words("Show pictures"), press=press("s_text", 0))
        if message.text_only
        else Button(label=words("Text only, no pictures"), press=press("s_text", 1))
    )
    now = (
        words("Pictures, recordings and files are told in words. A button fetches them.")
        if message.text_only
        else words("Pictures, recordings and files are shown.")
    )
    language = words("Language: {language}.", language=words.language_name(message.language))
    return View(
        text=joined((bold(words("Settings")), joined((language, now), between="\n"))),
        buttons=(*in_rows(languages, 2), (pictures,)),
    )


def my_data(message: MyData, words: Words) -> View:
    """The file with everything about this person."""
    text = words("This is everything we keep about you. The file is for your computer or another service.")
    return View(text=RichText(text), document=("my-data.json", message.document))


def leave_question(message: LeaveQuestion, words: Words) -> View:
    """Leave a group: what stops, what stays."""
    text = joined(
        (
            words("Leave “{group}”?", group=message.group),
            words("No more lessons come from it. Your answers stay: the join link brings you back to them."),
        )
    )
    leave = Button(
        label=words("Leave the group"), press=press("s_left", message.enrollment_id), style="danger"
    )
    return View(text=text, buttons=((leave,), (_stay(words),)))


def left(message: Left, words: Words) -> View:
    """The group was left; how to come back, how to erase."""
    text = words(
        "You have left “{group}”. To come back, open the join link again. To erase your data: /privacy",
        group=message.group,
    )
    return View(text=RichText(text))


def erase_question(words: Words) -> View:
    """Erase: what goes, what stays, asked once."""
    text = joined(
        (
            words("Erase everything about you?"),
            words("What goes, within a minute: name and number, groups, lessons, answers and questions."),
            words(
                "What stays: the messages in this chat. Delete the chat on your phone, too."
                " Backups are overwritten with time."
            ),
            words("This cannot be undone."),
        )
    )
    erase = Button(label=words("Erase everything"), press=press("s_erased"), style="danger")
    return View(text=text, buttons=((erase,), (_stay(words),)))


def help_lines(message: Help, words: Words) -> View:
    """Five lines, and who helps."""
    lines: tuple[str, ...] = (
        words("Today's lesson: /today"),
        words("How far you are: /progress"),
        words("Lessons to read again: /lessons"),
        words("Days, time, pause: /schedule"),
        words("Language, pictures: /settings. Your data: /privacy"),
    )
    if not message.joined and not message.roles:
        lines = (words("Type your join code here, or open your join link."), words("Your data: /privacy"))
    more = (
        words("For facilitators: /group, /grade and /announce") if "facilitator" in message.roles else "",
        words("For admins: send a course as a .yaml or .zip file.") if "admin" in message.roles else "",
    )
    person = (
        words("{name} helps you. Ask with /ask, or reply to any message.", name=message.facilitator)
        if message.facilitator
        else ""
    )
    contact = words("You can reach us here: {contact}", contact=message.contact) if message.contact else ""
    return View(text=joined((joined((*lines, *more), between="\n"), joined((person, contact), between="\n"))))


def _whole_notice(message: PrivacyNotice, words: Words) -> tuple[str, ...]:
    if not message.full:
        return ()
    who = words("{academy} is responsible for your data.", academy=message.academy)
    if message.contact:
        who += " " + words("You can reach us here: {contact}", contact=message.contact)
    return (
        who,
        words(
            "We use your answers to teach you, to help where something is unclear, and to improve the course."
            " Reports to managers hold numbers of groups, not names."
        ),
        words("Who looked at your answers is noted for 12 months; your copy of everything tells you."),
        words("You can get a copy of everything, correct it, leave, or have it erased, at any time."),
    )


def _before(message: PrivacyNotice, words: Words) -> tuple[tuple[Button, ...], ...]:
    agree = Button(
        label=words("Agree and go on"), press=press("j_agree", message.invitation), style="primary"
    )
    no_thanks = Button(label=words("No, thanks"), press=press("j_no"))
    if message.full:
        return ((agree,), (no_thanks,))
    more = Button(label=words("Read more"), press=press("j_more", message.invitation))
    return ((agree,), (more, no_thanks))


def _after(message: PrivacyNotice, words: Words) -> tuple[tuple[Button, ...], ...]:
    data = Button(label=words("Get my data"), press=press("s_data"), style="primary")
    more = Button(label=words("Read more"), press=press("s_notice", 1))
    erase = Button(label=words("Erase everything"), press=press("s_erase"), style="danger")
    leave = tuple(
        (
            Button(
                label=_leave(message, words, group),
                press=press("s_leave", enrollment_id),
                style="danger",
            ),
        )
        for enrollment_id, group in message.leave[:_MOST_GROUPS]
    )
    first = (data,) if message.full else (data, more)
    return (first, *leave, (erase,))


def _leave(message: PrivacyNotice, words: Words, group: str) -> str:
    if len(message.leave) == 1:
        return words("Leave the group")
    room = LABEL_CHARS - len(words("Leave “{group}”", group=""))
    return words("Leave “{group}”", group=cut(group, most=room))


def _stay(words: Words) -> Button:
    return Button(label=words("Keep everything"), press=press("s_notice", 0))

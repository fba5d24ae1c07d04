"""What facilitators and admins see: their group, and the short notices everybody may meet."""

from datetime import datetime
from typing import assert_never

from academy.messages.authoring import (
    CourseList,
    CourseReport,
    FileRefused,
    PlanChoice,
    PublishOffer,
    PublishResult,
    TrialStep,
)
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
    AnswerSent,
    FacilitatingMessage,
    GroupChoice,
    GroupHands,
    GroupSummary,
    LearnerQuestion,
    ManyJoined,
    MessagesMayBeLost,
    Notice,
    OperatorAlarm,
)
from academy.messages.versions import KeyCorrected, LessonsChanged, PassesKept
from bot.rich import bold, joined, quote
from bot.screen import View
from bot.screens import announcing, authoring, group, trial, versions
from bot.screens.names import person_name
from i18n.catalog import Words
from lessons.markup import RichText

_GROUPS_NAMED = 20


def view(message: FacilitatingMessage, words: Words, *, now: datetime) -> View:
    """Return how `message` looks in the language of `words`."""
    match message:
        case GroupChoice():
            return group.choice(message, words)
        case GroupSummary():
            return group.summary(message, words, now=now)
        case GroupHands():
            return group.hands(message, words, now=now)
        case AnnouncePrompt():
            return announcing.prompt(message, words)
        case AnnounceTooLong():
            return announcing.too_long(message, words)
        case Announcement():
            return announcing.announcement(message)
        case AnnounceReady():
            return announcing.ready(message, words)
        case AnnounceControl():
            return announcing.control(message, words, now=now)
        case AnnounceSending():
            return announcing.sending(message, words, now=now)
        case AnnounceReport():
            return announcing.report(message, words, now=now)
        case AnnounceCancelled():
            return announcing.cancelled(message, words)
        case AnnounceLate():
            return announcing.late(message, words, now=now)
        case LearnerQuestion():
            return _learner_question(message, words)
        case AnswerSent():
            return _answer_sent(message, words)
        case LessonsChanged() | KeyCorrected() | PassesKept():
            return versions.view(message, words)
        case CourseReport():
            return authoring.report(message, words)
        case PlanChoice():
            return authoring.plan_choice(message, words)
        case TrialStep():
            return trial.step(message, words, now=now)
        case PublishOffer():
            return authoring.offer(message, words)
        case PublishResult():
            return authoring.result(message, words)
        case FileRefused():
            return authoring.refused(message, words)
        case CourseList():
            return authoring.courses(message, words)
        case Notice():
            return View(text=RichText(_notice(message, words)))
        case OperatorAlarm():
            return View(text=RichText(_alarm(message, words)))
        case ManyJoined():
            return View(text=RichText(_crowd(message, words)))
        case MessagesMayBeLost():
            return View(text=joined(_lost(message, words)))
    assert_never(message)


def _learner_question(message: LearnerQuestion, words: Words) -> View:
    name = person_name(message.learner, words)
    about = message.group
    if message.lesson:
        about = words("{group}, lesson: {lesson}", group=message.group, lesson=message.lesson)
    return View(
        text=joined(
            (
                bold(words("{name} asks", name=name)),
                about,
                quote(message.text),
                words("Reply to this message to answer."),
            )
        )
    )


def _answer_sent(message: AnswerSent, words: Words) -> View:
    name = person_name(message.learner, words)
    sent = words("Sent to {name}.", name=name)
    if message.again:
        sent += " " + words("Somebody had answered before; both answers were sent.")
    return View(text=RichText(sent))


def _notice(message: Notice, words: Words) -> str:
    match message.what:
        case "not_allowed":
            return words("This needs a role that you do not have. An admin can give it to you.")
        case "unknown_command":
            return words("There is no such command. /help lists what there is.")
        case "our_fault":
            fault = words("That did not work, and it is our fault. Try once more in a minute.")
            if not message.trace:
                return fault
            return f"{fault}\n\n" + words(
                "Whoever helps you finds it under this number: {trace}", trace=message.trace
            )
        case "slow_down":
            return words("That was a lot at once. Go on in a minute; nothing is lost.")
        case "button_not_in_use":
            return words("This button is no longer in use.")
        case "unsupported_content":
            return words("Only text and pictures are read here. Write it as text.")
        case "erased":
            return words("Everything about you is erased. Come back any time with your join link.")
        case "cancelled":
            return words("Cancelled.")
        case "no_group":
            return words("There is no group yet. A join link or a code leads into one.")
        case "facilitator_here":
            return words(
                "You look after this group. /group shows how it stands, /grade brings answers to read,"
                " /announce writes to it."
            )
        case "admin_here":
            return words(
                "You are an admin here. Send a course as a .yaml or .zip file; /courses lists them."
                " /group shows how a group stands, /announce writes to it."
            )
    assert_never(message.what)


def _crowd(message: ManyJoined, words: Words) -> str:
    told = words.plural(
        "{n} person joined {group} within an hour.",
        "{n} people joined {group} within an hour.",
        n=message.people,
        group=message.group,
    )
    return f"{told} " + words("If that is not meant, an admin can close the door: dusal group close")


def _lost(message: MessagesMayBeLost, words: Words) -> tuple[str, str]:
    away = words.plural(
        "The bot was away for {n} hour. Messages that people wrote meanwhile may be lost.",
        "The bot was away for {n} hours. Messages that people wrote meanwhile may be lost.",
        n=message.hours,
    )
    names = ", ".join(message.groups[:_GROUPS_NAMED]) + (", …" if len(message.groups) > _GROUPS_NAMED else "")
    return away, words("Somebody is inside a lesson here: {groups}", groups=names)


def _alarm(message: OperatorAlarm, words: Words) -> str:
    match message.what:
        case "updates_may_be_lost":
            return words.plural(
                "The bot was away for {n} hour. Telegram keeps messages for 24 hours: some may be lost.",
                "The bot was away for {n} hours. Telegram keeps messages for 24 hours: some may be lost.",
                n=message.hours,
            )
        case "held":
            return words.plural(
                "{n} message is held: nobody can know whether it arrived. See: dusal outbox --state held",
                "{n} messages are held: nobody can know whether they arrived. See: dusal outbox --state held",
                n=message.count,
            )
        case "clock_jump":
            return words.plural(
                "The computer's clock jumped by {n} hour. Lessons go by it: look whether it is right.",
                "The computer's clock jumped by {n} hours. Lessons go by it: look whether it is right.",
                n=message.hours,
            )
        case "code_guessing":
            return words.plural(
                "{n} wrong join code in an hour: somebody may be guessing. Codes are refused for a while.",
                "{n} wrong join codes in an hour: somebody may be guessing. Codes are refused for a while.",
                n=message.count,
            )
        case "nothing_sent":
            return words.plural(
                "Nothing was sent today, although {n} message was due. See: dusal doctor",
                "Nothing was sent today, although {n} messages were due. See: dusal doctor",
                n=message.count,
            )
        case "sending_paused" if message.reason == "clock":
            return words(
                "Sending was paused for more than ten minutes, because the computer's clock was in doubt."
            )
        case "sending_paused":
            return words("Sending was paused for more than ten minutes. The log says why.")
        case "set_aside":
            return words.plural(
                "{n} update was set aside since yesterday: handling it failed. See: dusal inbox dead",
                "{n} updates were set aside since yesterday: handling them failed. See: dusal inbox dead",
                n=message.count,
            )
        case "disk_nearly_full":
            return words(
                "The disk is nearly full: {n}% is left. Make room while everything still works.",
                n=message.count,
            )
        case "restarts":
            return words.plural(
                "The bot ended by itself {n} time within an hour. The log says why.",
                "The bot ended by itself {n} times within an hour. The log says why.",
                n=message.count,
            )
    assert_never(message.what)

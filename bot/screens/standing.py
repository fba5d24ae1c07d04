"""How far somebody is, what comes next, and what to read again."""

from datetime import datetime

from academy.messages.learning import (
    LESSONS_A_PAGE,
    CourseDone,
    LessonDone,
    LessonList,
    NothingNow,
    OldButton,
    Progress,
)
from bot.callback_data import press
from bot.rich import bold, joined
from bot.screen import Button, View
from bot.screens.rows import cut
from i18n.catalog import Words
from lessons.markup import RichText
from reports.pictures.progress_picture import Dot, Fact, ProgressPicture, progress_svg


def lesson_done(message: LessonDone, words: Words, *, now: datetime) -> View:
    """Return the end of a lesson; after the first one, how to find the way around."""
    if message.next_at is None:
        done = words("Done. {done} of {lessons}.", done=message.done, lessons=message.lessons)
    else:
        when = words.when(message.next_at, zone=message.zone, now=now)
        done = words(
            "Done. {done} of {lessons}. Next: {when}.", done=message.done, lessons=message.lessons, when=when
        )
    teaching = words("Questions? Just reply to any message. Menu at the bottom left.")
    on = Button(label=words("Next lesson now"), press=press("l_next", message.enrollment_id, message.given))
    return View(
        text=joined((bold(done), teaching if message.first else "")),
        buttons=((on,),) if message.enrollment_id else (),
    )


def course_done(message: CourseDone, words: Words) -> View:
    """Return the end of the course, with the score in words."""
    finished = words.plural(
        "You have finished {course}: {n} lesson.",
        "You have finished {course}: all {n} lessons.",
        n=message.lessons,
        course=message.course,
    )
    if message.done is not None:
        finished = words.plural(
            "{course} ends here: {done} of {n} lesson.",
            "{course} ends here: {done} of {n} lessons.",
            n=message.lessons,
            course=message.course,
            done=message.done,
        )
    again = Button(label=words("Lessons to read again"), press=press("l_lessons", message.enrollment_id))
    fresh = Button(label=words("Keep it fresh"), press=press("v_fresh", message.enrollment_id, 1))
    wish = words("Keep it fresh? 4 times 5 quick questions over 3 months, at your usual hour.")
    return View(
        text=joined((bold(finished), _final_score(message, words), wish if message.fresh else "")),
        buttons=((again,), *(((fresh,),) if message.fresh else ())) if message.enrollment_id else (),
    )


def old_button(message: OldButton, words: Words, *, now: datetime) -> View:
    """Return what happened to that lesson, and the way to the current one."""
    finished = words("That lesson is finished.")
    if message.assignment_id is not None:
        opened = Button(
            label=words("Open today's lesson"), press=press("l_start", message.assignment_id), style="primary"
        )
        return View(text=RichText(finished), buttons=((opened,),))
    if message.next_at is None:
        return View(text=RichText(finished))
    when = words.when(message.next_at, zone=message.zone, now=now)
    return View(text=joined((finished, words("Next lesson: {when}.", when=when)), between=" "))


def nothing_now(message: NothingNow, words: Words, *, now: datetime) -> View:
    """Return why no lesson is open, and what can be done."""
    when = "" if message.next_at is None else words.when(message.next_at, zone=message.zone, now=now)
    match message.reason:
        case "next_at":
            text = words("No lesson is open now. Next lesson: {when}.", when=when)
        case "paused" if when:
            text = words("Your lessons are paused until {when}. Change it with /schedule", when=when)
        case "paused":
            text = words("Your lessons are paused. Bring them back with /schedule")
        case "finished":
            text = words("You have finished every lesson. Read them again with /lessons")
        case "not_joined":
            text = words("You are in no group yet. Type your code, or open your join link.")
        case "back" if when:
            text = words("Your lessons are back. Next lesson: {when}.", when=when)
        case "back":
            text = words("Your lessons are back.")
    early = Button(
        label=words("Start it now"),
        press=press("l_next", message.enrollment_id, message.given),
        style="primary",
    )
    return View(text=RichText(text), buttons=((early,),) if message.enrollment_id else ())


def progress(message: Progress, words: Words, *, now: datetime) -> View:
    """Return all of it in words, with the picture that says the same."""
    text = _in_words(message, words, now=now)
    rows: list[tuple[Button, ...]] = []
    if message.open_assignment_id is not None:
        pressed = press("l_open", message.open_assignment_id)
        rows.append((Button(label=words("Continue"), press=pressed, style="primary"),))
    if any(message.done):
        pressed = press("l_lessons", message.enrollment_id)
        rows.append((Button(label=words("Lessons to read again"), press=pressed),))
    return View(
        text=text,
        buttons=tuple(rows),
        drawing=None if message.text_only else _drawing(message, words, now=now),
    )


def lesson_list(message: LessonList, words: Words) -> View:
    """Return the finished lessons, a button each."""
    if not message.finished:
        nothing = words("{course}: no lesson is finished yet. Go on with /today", course=message.course)
        return View(text=RichText(nothing))
    pages = -(-len(message.finished) // LESSONS_A_PAGE)
    page = min(max(message.page, 0), pages - 1)
    first = page * LESSONS_A_PAGE
    rows = [
        (Button(label=cut(f"{number}. {title}"), press=press("l_lesson", assignment_id)),)
        for assignment_id, number, title in message.finished[first : first + LESSONS_A_PAGE]
    ]
    turning = []
    if page > 0:
        turning.append(Button(label=words("Earlier"), press=press("l_page", message.enrollment_id, page - 1)))
    if page < pages - 1:
        turning.append(
            Button(label=words("Later ones"), press=press("l_page", message.enrollment_id, page + 1))
        )
    heading = words.plural(
        "{course}: {n} lesson to read again.",
        "{course}: {n} lessons to read again.",
        n=len(message.finished),
        course=message.course,
    )
    return View(text=RichText(heading), buttons=(*rows, tuple(turning)) if turning else tuple(rows))


def _final_score(message: CourseDone, words: Words) -> str:
    if message.waiting:
        return _so_far(message, words)
    if message.score_percent is None:
        return ""
    if message.passed:
        return words("Final score: {percent}%. Passed.", percent=message.score_percent)
    needed = words(
        "Final score: {percent}%. Passing needs {needed}%.",
        percent=message.score_percent,
        needed=message.pass_percent,
    )
    if not message.facilitator:
        return needed
    return f"{needed} " + words("Ask {name} what comes next: /ask", name=message.facilitator)


def _so_far(message: CourseDone, words: Words) -> str:
    """Nothing is promised that a grade may still change."""
    still = words("When it has been graded, you hear whether you have passed.")
    if message.waiting > 1:
        still = words("When they have been graded, you hear whether you have passed.")
    told = (
        ""
        if message.score_percent is None
        else words("Score so far: {percent}%.", percent=message.score_percent) + " "
    )
    return f"{told}{being_read(message.waiting, words)} {still}"


def being_read(waiting: int, words: Words) -> str:
    """Return how many answers nobody has graded yet."""
    return words.plural("{n} answer is still being read.", "{n} answers are still being read.", n=waiting)


def _in_words(message: Progress, words: Words, *, now: datetime) -> RichText:
    done, lessons = sum(message.done), len(message.done)
    head = words.plural(
        "{course}: {done} of {n} lesson.",
        "{course}: {done} of {n} lessons.",
        n=lessons,
        course=message.course,
        done=done,
    )
    score = ""
    if message.score_percent is not None:
        score = words("Score {percent}%.", percent=message.score_percent)
        if message.first_try_percent is not None:
            score += " " + words("First tries {percent}%.", percent=message.first_try_percent)
    if message.waiting:
        score = f"{score} {being_read(message.waiting, words)}".strip()
    return joined((joined((bold(head), score), between=" "), _rhythm(message, words, now=now)), between="\n")


def _rhythm(message: Progress, words: Words, *, now: datetime) -> str:
    if message.finished:
        return words("All lessons are finished.")
    if message.paused:
        return words("Your lessons are paused. Bring them back with /schedule")
    week = words.plural(
        "This week: {done} of {n} learning day.",
        "This week: {done} of {n} learning days.",
        n=message.days_goal,
        done=message.days_this_week,
    )
    if message.next_at is None:
        return week
    when = words.when(message.next_at, zone=message.zone, now=now)
    return f"{week} " + words("Next: {when}.", when=when)


def _drawing(message: Progress, words: Words, *, now: datetime) -> str:
    """Return the picture; it says nothing that the words do not."""
    done, lessons = sum(message.done), len(message.done)
    coming = None
    if message.open_assignment_id is not None and not message.finished:
        # A failed test that comes again later is not finished either, and stands before the open one.
        coming = message.open_lesson - 1 if message.open_lesson else message.done.index(False)
    dots: list[Dot] = ["finished" if one else "ahead" for one in message.done]
    if coming is not None:
        dots[coming] = "open"
    facts = []
    if message.score_percent is not None:
        facts.append(Fact(label=words("Score"), value=f"{message.score_percent}%"))
    if message.first_try_percent is not None:
        facts.append(Fact(label=words("First tries"), value=f"{message.first_try_percent}%"))
    if not message.finished:
        week = words("{done} of {n} days", done=message.days_this_week, n=message.days_goal)
        facts.append(Fact(label=words("This week"), value=week))
    if message.next_at is not None:
        when = words.when(message.next_at, zone=message.zone, now=now)
        facts.append(Fact(label=words("Next lesson"), value=when))
    return progress_svg(
        ProgressPicture(
            course=message.course,
            dots=tuple(dots),
            share=f"{100 * done // lessons}%",
            share_words=words.plural("{done} of {n} lesson", "{done} of {n} lessons", n=lessons, done=done),
            facts=tuple(facts),
        )
    )

"""Announcements: written, seen as learners will see them, confirmed once, undone, reported on.

Preview, test and delivery say the same `Announcement`, so one renderer makes all three. Everything
that is to happen later is rows: the undo window and the schedule survive a restart.

Who may announce is asked by the door, at each press; here it is only asked whose draft it is.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from academy import announcement_control, announcement_report, late_announcements
from academy.announcement_outcomes import Outcome, as_content, content_of
from academy.audience import Audience, audience
from academy.bundled import content_for
from academy.facts import AcademyFacts
from academy.messages import Message
from academy.messages.facilitating import (
    AnnounceCancelled,
    Announcement,
    AnnouncePrompt,
    AnnounceSending,
    AnnounceTooLong,
)
from academy.outgoing import Screen
from academy.saying import remove_buttons, say
from academy.tidying import take_buttons_off
from learners.groups import Group
from learners.people import Person
from learners.permissions import may
from lessons.limits import Limits
from lessons.markup import RichText
from storage import announcements, conversations, groups, roles
from storage.announcements import KeptAnnouncement
from storage.crash_points import crash_here

TOPIC = "announce"
"""What the author's next text is about, while an announcement is being written."""


def begin(
    tx: Connection, *, person: Person, group: Group, screen: Screen | None, now: datetime, replaces: int = 0
) -> None:
    """Ask for the text; the next text or picture of this person is the announcement."""
    conversations.expect(tx, person.id, TOPIC, {"group": group.id, "replaces": replaces}, now=now)
    prompt = AnnouncePrompt(group=group.name, replaces=replaces)
    say(tx, person_id=person.id, message=prompt, now=now, edits=screen)


def find(tx: Connection, announcement_id: int, *, author: Person) -> KeptAnnouncement | None:
    """Return the announcement; None when there is none, or when somebody else wrote it."""
    kept = announcements.get(tx, announcement_id)
    return kept if kept is not None and kept.author_id == author.id else None


def units_over(text: RichText, *, has_picture: bool, limits: Limits) -> int:
    """Return by how many UTF-16 units the text is too long for one message; 0 when it fits."""
    limit = limits.caption_chars if has_picture else limits.text_chars
    return max(0, len(text.text.encode("utf-16-le", "surrogatepass")) // 2 - limit)


def compose(
    tx: Connection,
    *,
    author: Person,
    group: Group,
    text: RichText,
    photo_file_id: str | None,
    replaces: int,
    limits: Limits,
    now: datetime,
    academy: AcademyFacts,
) -> int | None:
    """Keep the draft and show it as learners will get it; None when it is too long for one message.

    `replaces` is the draft that this one takes the place of; 0 for none. The old one is closed, so
    that a button under the old preview can never send the new text.
    """
    over = units_over(text, has_picture=photo_file_id is not None, limits=limits)
    if over:
        limit = limits.caption_chars if photo_file_id else limits.text_chars
        too_long = AnnounceTooLong(over=over, limit=limit, with_picture=photo_file_id is not None)
        say(tx, person_id=author.id, message=too_long, now=now)
        return None
    send_at = None
    if (old := announcements.get(tx, replaces)) is not None and old.author_id == author.id:
        announcements.discard(tx, old.id)
        send_at = old.send_at
    content = Announcement(text=text, photo_file_id=photo_file_id)
    draft = _keep(tx, group=group, author=author, content=content, send_at=send_at, now=now)
    conversations.clear(tx, author.id)
    take_buttons_off(tx, person_id=author.id, wanted=_is_prompt, now=now)
    # Not silent, as the delivery is not: the preview is the same request.
    say(tx, person_id=author.id, message=content, now=now, silent=False)
    announcement_control.show(tx, kept=draft, screen=None, now=now, academy=academy)
    return draft.id


def _is_prompt(message: Message) -> bool:
    return isinstance(message, AnnouncePrompt)


def confirm(
    tx: Connection, *, kept: KeptAnnouncement, screen: Screen | None, now: datetime, academy: AcademyFacts
) -> Outcome:
    """Send it to those who are in the group now: once, however often this is pressed."""
    group = groups.group(tx, kept.group_id)
    heard = audience(tx, group=group, send_at=kept.send_at, now=now, academy=academy)
    if not heard.hearers:
        return "nobody" if kept.state == "draft" else "closed"
    control = screen.message_id if screen is not None else None
    wall = send_wall(kept.send_at, group)
    if not announcements.confirm(tx, kept.id, control_message_id=control, now=now, send_wall=wall):
        return "closed"
    _put_out(tx, kept=kept, heard=heard, now=now)
    if kept.author_id is not None:
        sending = AnnounceSending(
            announcement_id=kept.id,
            people=len(heard.hearers),
            seconds=round(academy.undo.total_seconds()),
            send_at=kept.send_at,
            zone=group.zone,
        )
        say(tx, person_id=kept.author_id, message=sending, now=now, edits=screen)
    return "done"


def undo(tx: Connection, *, kept: KeptAnnouncement, screen: Screen | None, now: datetime) -> Outcome:
    """Cancel every copy that still waits, and say how many were out before."""
    if not announcements.cancel_waiting(tx, kept, reason="cancelled", now=now):
        return "closed" if kept.state == "cancelled" else "too_late"
    announcements.finish(tx, kept.id, "cancelled")
    if kept.author_id is not None:
        # What is on its way at this moment counts as out: nobody can call it back.
        out = sum(
            found.count
            for found in announcements.copies(tx, kept)
            if found.state in {"sent", "sending", "uncertain", "held"}
        )
        say(tx, person_id=kept.author_id, message=AnnounceCancelled(sent_before=out), now=now, edits=screen)
    return "done"


def withdraw(tx: Connection, *, author: Person, now: datetime) -> None:
    """Call back what this person has confirmed for groups they may no longer write to.

    Nobody speaks for an academy that has taken the role away, also not by a schedule made before.
    """
    held = roles.roles_of(tx, author.id)
    for kept in announcements.under_way(tx):
        if kept.author_id == author.id and not may(held, "announce", group_id=kept.group_id):
            shown = kept.control_message_id
            screen = None if shown is None else Screen(message_id=shown, has_media=False)
            undo(tx, kept=kept, screen=screen, now=now)


def drop(tx: Connection, *, kept: KeptAnnouncement, screen: Screen | None, now: datetime) -> Outcome:
    """Throw the draft away."""
    if kept.author_id is None or not announcements.discard(tx, kept.id):
        return "closed"
    conversations.clear(tx, kept.author_id)
    say(tx, person_id=kept.author_id, message=AnnounceCancelled(sent_before=0), now=now, edits=screen)
    return "done"


def stop_writing(tx: Connection, *, person: Person, screen: Screen | None, now: datetime) -> None:
    """Expect no announcement any more."""
    expected = conversations.topic(tx, person.id)
    if expected is not None and expected[0] == TOPIC:
        conversations.clear(tx, person.id)
    if screen is not None:
        remove_buttons(tx, person_id=person.id, screen=screen, now=now)


def announce(
    tx: Connection,
    *,
    group: Group,
    text: RichText,
    send_at: datetime | None,
    now: datetime,
    academy: AcademyFacts,
    useful_until: datetime | None = None,
) -> Audience:
    """Send without a preview, for the command line; return who gets it, empty when nobody does.

    What has not left at `useful_until` does not leave by itself any more.
    """
    heard = audience(tx, group=group, send_at=send_at, now=now, academy=academy)
    if heard.hearers:
        content = Announcement(text=text)
        kept = _keep(
            tx,
            group=group,
            author=None,
            content=content,
            send_at=send_at,
            useful_until=useful_until,
            now=now,
        )
        wall = send_wall(send_at, group)
        announcements.confirm(tx, kept.id, control_message_id=None, now=now, send_wall=wall)
        _put_out(tx, kept=kept, heard=heard, now=now)
    return heard


def send_test(tx: Connection, *, person: Person, text: RichText, now: datetime) -> None:
    """Say to one person what a group would be told, exactly as the group would get it."""
    say(tx, person_id=person.id, message=Announcement(text=text), now=now, silent=False)


def tick(tx: Connection, *, now: datetime, academy: AcademyFacts) -> int:
    """Keep the reports of announcements under way up to date; return how many changed.

    Copies of people who left meanwhile are cancelled here, so they are never told (D18), and those
    whose time is over are held back (T10).
    """
    changed = 0
    for kept in announcements.under_way(tx):
        announcements.cancel_leavers(tx, kept, reason="left", now=now)
        if late_announcements.is_over(kept, now=now) and late_announcements.hold_back(
            tx, kept=kept, now=now, academy=academy
        ):
            changed += 1
            continue
        changed += announcement_report.refresh(tx, kept=kept, now=now, academy=academy)
    return changed


def send_wall(send_at: datetime | None, group: Group) -> str | None:
    """Return the chosen moment by the group's clock: it is the plan, should the rules of zones change."""
    return None if send_at is None else f"{send_at.astimezone(ZoneInfo(group.zone)):%Y-%m-%d %H:%M}"


def _put_out(tx: Connection, *, kept: KeptAnnouncement, heard: Audience, now: datetime) -> None:
    for hearer in heard.hearers:
        say(
            tx,
            person_id=hearer.person.id,
            message=content_for(tx, kept, person=hearer.person) if kept.bundled else content_of(kept),
            now=now,
            kind="announcement",
            silent=False,
            key=announcements.key(kept.id, hearer.person.id),
            not_before=hearer.at,
        )
        crash_here("inside_confirmation")


def _keep(
    tx: Connection,
    *,
    group: Group,
    author: Person | None,
    content: Announcement,
    send_at: datetime | None,
    now: datetime,
    useful_until: datetime | None = None,
) -> KeptAnnouncement:
    made = announcements.add(
        tx,
        group_id=group.id,
        author_id=None if author is None else author.id,
        content=as_content(content),
        send_at=send_at,
        useful_until=useful_until,
        now=now,
    )
    kept = announcements.get(tx, made)
    assert kept is not None
    return kept

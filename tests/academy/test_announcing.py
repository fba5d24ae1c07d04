from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, select

from academy import announcement_control, announcing
from academy.audience import audience
from academy.messages.facilitating import (
    AnnounceCancelled,
    AnnounceControl,
    Announcement,
    AnnouncePrompt,
    AnnounceReport,
    AnnounceSending,
    AnnounceTooLong,
)
from academy.outgoing import Screen
from bot.limits import TELEGRAM
from learners.groups import Group
from learners.people import Person
from lessons.markup import RichText, Span
from storage import announcements, conversations, enrollments, people
from storage.announcements import KeptAnnouncement
from storage.tables import outbox
from tests.academy.cohort import NOW, cohort, facilitator, settle, shown
from tests.academy.school import ACADEMY, ULAANBAATAR

TEXT = RichText("Bring one bill tomorrow.", (Span(start=6, length=3, kind="bold"),))
CONTROL = Screen(message_id=900, has_media=False)
IN_20_SECONDS = NOW + timedelta(seconds=20)
SKOPJE_AT_EIGHT = datetime(2026, 11, 23, 7, tzinfo=UTC)


def composed(tx: Connection, author: Person, group: Group, text: RichText = TEXT) -> KeptAnnouncement:
    made = announcing.compose(
        tx,
        author=author,
        group=group,
        text=text,
        photo_file_id=None,
        replaces=0,
        limits=TELEGRAM,
        now=NOW,
        academy=ACADEMY,
    )
    assert made is not None
    return kept(tx, made)


def kept(tx: Connection, announcement_id: int) -> KeptAnnouncement:
    found = announcements.get(tx, announcement_id)
    assert found is not None
    return found


def copies(tx: Connection) -> list[tuple[int, str, datetime]]:
    """Person, state, not before: every copy, in the order they were made."""
    rows = tx.execute(
        select(outbox.c.person_id, outbox.c.state, outbox.c.not_before)
        .where(outbox.c.kind == "announcement")
        .order_by(outbox.c.id)
    )
    return [(row.person_id, row.state, row.not_before) for row in rows]


def person_id(tx: Connection, address: int) -> int:
    found = people.by_address(tx, address)
    assert found is not None
    return found.id


def confirmed(tx: Connection) -> tuple[KeptAnnouncement, Person, Group]:
    group = cohort(tx)
    author = facilitator(tx, group)
    draft = composed(tx, author, group)
    assert announcing.confirm(tx, kept=draft, screen=CONTROL, now=NOW, academy=ACADEMY) == "done"
    return kept(tx, draft.id), author, group


def test_the_preview_says_what_learners_get_and_the_control_counts_over_two_zones(tx: Connection) -> None:
    group = cohort(tx)
    author = facilitator(tx, group)

    draft = composed(tx, author, group)

    preview, control = shown(tx, author)
    assert (preview.message, preview.silent) == (Announcement(text=TEXT), False)
    assert control.message == AnnounceControl(
        announcement_id=draft.id,
        group="Autumn",
        people=6,
        now=3,
        later=1,
        later_at=SKOPJE_AT_EIGHT,
        zone=ULAANBAATAR,
        paused=1,
        unreachable=1,
    )


def test_confirming_twice_tells_everybody_once(tx: Connection) -> None:
    announcement, author, _ = confirmed(tx)

    again = announcing.confirm(tx, kept=announcement, screen=CONTROL, now=NOW, academy=ACADEMY)

    assert again == "closed"
    assert copies(tx) == [
        (person_id(tx, 1), "waiting", IN_20_SECONDS),
        (person_id(tx, 2), "waiting", IN_20_SECONDS),
        (person_id(tx, 3), "waiting", IN_20_SECONDS),
        (person_id(tx, 4), "waiting", SKOPJE_AT_EIGHT),
    ]
    assert shown(tx, author)[-1].message == AnnounceSending(
        announcement_id=announcement.id, people=4, seconds=20, send_at=None, zone=ULAANBAATAR
    )
    assert shown(tx, author)[-1].edits == CONTROL


def test_undo_works_after_a_restart(engine: Engine) -> None:
    with engine.begin() as tx:
        announcement, author, _ = confirmed(tx)
        settle(tx, announcements.key(announcement.id, person_id(tx, 1)), "sent")
    engine.dispose()

    with engine.begin() as tx:
        found = announcing.find(tx, announcement.id, author=author)
        assert found is not None
        outcome = announcing.undo(tx, kept=found, screen=CONTROL, now=IN_20_SECONDS)

    with engine.connect() as tx:
        assert outcome == "done"
        assert [state for _, state, _ in copies(tx)] == ["sent", "cancelled", "cancelled", "cancelled"]
        assert shown(tx, author)[-1].message == AnnounceCancelled(sent_before=1)
        assert kept(tx, announcement.id).state == "cancelled"


def test_undoing_twice_or_too_late_changes_nothing(tx: Connection) -> None:
    announcement, author, _ = confirmed(tx)
    for address in (1, 2, 3, 4):
        settle(tx, announcements.key(announcement.id, person_id(tx, address)), "sent")
    said = len(shown(tx, author))

    outcome = announcing.undo(tx, kept=announcement, screen=CONTROL, now=NOW)

    assert (outcome, len(shown(tx, author))) == ("too_late", said)


def test_the_report_is_kept_up_to_date_until_nothing_is_open(tx: Connection) -> None:
    announcement, author, _ = confirmed(tx)
    said = len(shown(tx, author))
    assert announcing.tick(tx, now=NOW, academy=ACADEMY) == 0  # still in the undo window
    settle(tx, announcements.key(announcement.id, person_id(tx, 1)), "sent")
    settle(tx, announcements.key(announcement.id, person_id(tx, 2)), "refused", reason="blocked")

    first = announcing.tick(tx, now=IN_20_SECONDS, academy=ACADEMY)
    same = announcing.tick(tx, now=IN_20_SECONDS + timedelta(minutes=1), academy=ACADEMY)
    settle(tx, announcements.key(announcement.id, person_id(tx, 3)), "held")
    settle(tx, announcements.key(announcement.id, person_id(tx, 4)), "sent")
    last = announcing.tick(tx, now=SKOPJE_AT_EIGHT, academy=ACADEMY)
    after = announcing.tick(tx, now=SKOPJE_AT_EIGHT, academy=ACADEMY)

    assert (first, same, last, after) == (1, 0, 1, 0)
    reports = shown(tx, author)[said:]
    assert [report.message for report in reports] == [
        AnnounceReport(
            announcement_id=announcement.id,
            accepted=1,
            waiting=2,
            waiting_until=SKOPJE_AT_EIGHT,
            zone=ULAANBAATAR,
            failed=(("blocked", 1),),
            undoable=True,
        ),
        AnnounceReport(
            announcement_id=announcement.id,
            accepted=2,
            waiting=0,
            waiting_until=None,
            zone=ULAANBAATAR,
            failed=(("blocked", 1), ("uncertain", 1)),
        ),
    ]
    assert [report.edits for report in reports] == [CONTROL, CONTROL]
    assert kept(tx, announcement.id).state == "done"


def test_somebody_who_leaves_meanwhile_is_not_told(tx: Connection) -> None:
    announcement, author, group = confirmed(tx)
    (enrollment,) = enrollments.of_person(tx, person_id(tx, 4))
    enrollments.set_state(tx, enrollment.id, "withdrawn")

    announcing.tick(tx, now=IN_20_SECONDS, academy=ACADEMY)

    assert [state for _, state, _ in copies(tx)] == ["waiting", "waiting", "waiting", "cancelled"]
    assert shown(tx, author)[-1].message == AnnounceReport(
        announcement_id=announcement.id,
        accepted=0,
        waiting=3,
        waiting_until=IN_20_SECONDS,
        zone=group.zone,
        failed=(("left", 1),),
        undoable=True,
    )


def test_somebody_who_joins_after_the_confirmation_is_not_told(tx: Connection) -> None:
    _, _, group = confirmed(tx)
    late = people.add(tx, address=99, name="Late", language="en", now=NOW)
    enrollments.enroll(tx, person_id=late.id, group=group, now=NOW)

    announcing.tick(tx, now=IN_20_SECONDS, academy=ACADEMY)

    assert late.id not in [person for person, _, _ in copies(tx)]


@pytest.mark.parametrize(
    ("text", "photo", "over", "limit"),
    [
        pytest.param("a" * 4097, None, 1, 4096, id="one letter too many"),
        pytest.param("😀" * 2049, None, 2, 4096, id="an emoji counts twice"),
        pytest.param("a" * 1034, "file", 10, 1024, id="under a picture there is less room"),
    ],
)
def test_a_text_too_long_is_refused_with_how_much_to_cut(
    tx: Connection, text: str, photo: str | None, over: int, limit: int
) -> None:
    group = cohort(tx)
    author = facilitator(tx, group)
    announcing.begin(tx, person=author, group=group, screen=None, now=NOW)

    made = announcing.compose(
        tx,
        author=author,
        group=group,
        text=RichText(text),
        photo_file_id=photo,
        replaces=0,
        limits=TELEGRAM,
        now=NOW,
        academy=ACADEMY,
    )

    assert made is None
    assert shown(tx, author)[-1].message == AnnounceTooLong(
        over=over, limit=limit, with_picture=photo is not None
    )
    # The shortened text is still expected.
    assert conversations.topic(tx, author.id) == ("announce", {"group": group.id, "replaces": 0})


def test_an_edited_announcement_closes_the_old_one(tx: Connection) -> None:
    group = cohort(tx)
    author = facilitator(tx, group)
    old = composed(tx, author, group)
    announcing.begin(tx, person=author, group=group, screen=CONTROL, now=NOW, replaces=old.id)
    assert shown(tx, author)[-1].message == AnnouncePrompt(group="Autumn", replaces=old.id)

    new = announcing.compose(
        tx,
        author=author,
        group=group,
        text=RichText("Other words."),
        photo_file_id=None,
        replaces=old.id,
        limits=TELEGRAM,
        now=NOW,
        academy=ACADEMY,
    )
    pressed = announcing.confirm(tx, kept=kept(tx, old.id), screen=CONTROL, now=NOW, academy=ACADEMY)

    assert new is not None
    assert (pressed, kept(tx, old.id).state, kept(tx, new).state) == ("closed", "cancelled", "draft")
    assert copies(tx) == []


def test_a_scheduled_announcement_waits_for_its_moment_and_for_quiet_hours_after_it(tx: Connection) -> None:
    group = cohort(tx)
    author = facilitator(tx, group)
    draft = composed(tx, author, group)
    noon = datetime(2026, 11, 23, 4, tzinfo=UTC)  # 12:00 in Ulaanbaatar, 05:00 in Skopje
    assert (
        announcement_control.schedule(tx, kept=draft, send_at=noon, screen=CONTROL, now=NOW, academy=ACADEMY)
        == "done"
    )

    announcing.confirm(tx, kept=kept(tx, draft.id), screen=CONTROL, now=NOW, academy=ACADEMY)

    assert [moment for _, _, moment in copies(tx)] == [noon, noon, noon, SKOPJE_AT_EIGHT]


def test_a_moment_that_is_over_is_refused(tx: Connection) -> None:
    group = cohort(tx)
    draft = composed(tx, facilitator(tx, group), group)

    outcome = announcement_control.schedule(
        tx, kept=draft, send_at=NOW, screen=CONTROL, now=NOW, academy=ACADEMY
    )

    assert (outcome, kept(tx, draft.id).send_at) == ("past", None)


def test_moments_offered_are_awake_and_to_come(tx: Connection) -> None:
    offered = announcement_control.moments(
        now=datetime(2026, 11, 23, 3, 45, tzinfo=UTC), zone=ULAANBAATAR, academy=ACADEMY
    )  # 11:45 in Ulaanbaatar

    assert [f"{moment:%d %H:%M}" for moment in offered] == [
        "23 07:00",
        "24 01:00",
        "24 04:00",
        "24 07:00",
        "25 01:00",
        "25 04:00",
    ]


def test_a_test_goes_to_the_author_alone(tx: Connection) -> None:
    group = cohort(tx)
    author = facilitator(tx, group)
    draft = composed(tx, author, group)

    outcome = announcement_control.test_send(tx, kept=draft, screen=CONTROL, now=NOW, academy=ACADEMY)

    control, test = shown(tx, author)[-2:]
    assert outcome == "done"
    assert isinstance(control.message, AnnounceControl)
    assert control.message.tested
    assert (test.message, test.silent, test.edits) == (Announcement(text=TEXT), False, None)
    assert copies(tx) == []


def test_who_gets_it_names_them(tx: Connection) -> None:
    group = cohort(tx)
    author = facilitator(tx, group)
    draft = composed(tx, author, group)

    announcement_control.show_names(tx, kept=draft, screen=CONTROL, now=NOW, academy=ACADEMY)

    control = shown(tx, author)[-1].message
    assert isinstance(control, AnnounceControl)
    assert control.names == ("Learner 1", "Learner 2", "Learner 3", "Learner 4")


def test_another_facilitators_announcement_is_unknown(tx: Connection) -> None:
    group = cohort(tx)
    draft = composed(tx, facilitator(tx, group), group)
    other = facilitator(tx, group, address=51)

    assert announcing.find(tx, draft.id, author=other) is None


def test_the_command_line_reaches_the_same_people_at_the_same_moments(tx: Connection) -> None:
    group = cohort(tx)
    expected = audience(tx, group=group, send_at=None, now=NOW, academy=ACADEMY)

    heard = announcing.announce(tx, group=group, text=TEXT, send_at=None, now=NOW, academy=ACADEMY)

    assert heard == expected
    assert [(person, moment) for person, _, moment in copies(tx)] == [
        (hearer.person.id, hearer.at) for hearer in expected.hearers
    ]
    for person, _, _ in copies(tx):
        settle(tx, announcements.key(1, person), "sent")
    assert announcing.tick(tx, now=SKOPJE_AT_EIGHT, academy=ACADEMY) == 0


def test_nobody_is_told_when_nobody_can_be(tx: Connection) -> None:
    group = cohort(tx)
    author = facilitator(tx, group)
    draft = composed(tx, author, group)
    for enrollment in enrollments.in_group(tx, group.id):
        enrollments.set_state(tx, enrollment.id, "paused")

    outcome = announcing.confirm(tx, kept=draft, screen=CONTROL, now=NOW, academy=ACADEMY)

    assert (outcome, kept(tx, draft.id).state) == ("nobody", "draft")

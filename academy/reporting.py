"""How a group stands: the same numbers for the command line, the chat and the picture.

Facts are read here, counted in `reports`, and only shown by the doors.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from academy.accesses import note_shown
from academy.facts import AcademyFacts
from academy.grouping import join_link, shown_code
from academy.messages.facilitating import GroupHands, GroupSummary, Hand
from academy.outgoing import Screen
from academy.saying import say
from learners.groups import Group
from learners.people import Person, Role
from learners.permissions import Action, may
from reports.answers import answers_table
from reports.completion import GroupReport, LearnerRow, summed_report
from reports.table import Table
from storage import courses, groups, open_answers, report_facts
from storage.accesses import Shown

HANDS_AT_ONCE = 3
"""Named under the figures: a picture's caption has room for no more."""

HANDS_LISTED = 10
"""Named in the list: one message holds them with all their reasons."""


def completion(
    tx: Connection, *, group: Group, now: datetime, academy: AcademyFacts, language: str = ""
) -> GroupReport:
    """Return how the group stands; `language` is for the course's title, empty for its source.

    Everybody is measured by the version of the course they are in, and what they have behind them by
    the version in which they were given it.
    """
    learners = report_facts.summed_learners(tx, group.id)
    versions = {learner.enrollment.course_version_id for learner in learners}
    return summed_report(
        group,
        course=courses.course_in(tx, group.course_version_id, language),
        learners=learners,
        now=now,
        zone=ZoneInfo(group.zone),
        quiet=academy.quiet,
        versions={version: courses.course_in(tx, version, language) for version in versions},
    )


def answers(tx: Connection, *, group: Group, language: str = "") -> Table:
    """Return what the group answered, question by question, in the course as the group learns it now."""
    return answers_table(
        group,
        course=courses.course_in(tx, group.course_version_id, language),
        records=report_facts.learner_records(tx, group.id),
    )


def groups_for(tx: Connection, *, roles: tuple[Role, ...], action: Action) -> tuple[Group, ...]:
    """Return the groups in which somebody with these roles may do `action`, oldest first."""
    return tuple(group for group in groups.all_groups(tx) if may(roles, action, group_id=group.id))


def find_group(tx: Connection, group_id: int) -> Group | None:
    """Return the group, or None: for numbers that came in a button."""
    return groups.by_id(tx, group_id)


def show_group(tx: Connection, *, person: Person, group: Group, now: datetime, academy: AcademyFacts) -> None:
    """Say the five figures, who needs a hand first, and how to join."""
    note_shown(tx, to=person, shown=Shown(what="figures", group_id=group.id), now=now)
    report = completion(tx, group=group, now=now, academy=academy, language=_read_by(person, academy))
    waiting = open_answers.waiting(tx, group_ids=(group.id,))
    waits_for = timedelta(0) if waiting.oldest_at is None else now - waiting.oldest_at
    summary = GroupSummary(
        group_id=group.id,
        group=group.name,
        course=report.course,
        figures=report.figures,
        hands=hands_of(report)[:HANDS_AT_ONCE],
        zone=group.zone,
        code=shown_code(group.code),
        link=join_link(group, academy=academy),
        to_grade=waiting.answers,
        oldest_hours=waits_for // timedelta(hours=1),
    )
    say(tx, person_id=person.id, message=summary, now=now)


def show_hands(
    tx: Connection,
    *,
    person: Person,
    group: Group,
    screen: Screen | None,
    now: datetime,
    academy: AcademyFacts,
) -> None:
    """Say everybody who needs a hand, with every reason."""
    note_shown(tx, to=person, shown=Shown(what="hands", group_id=group.id), now=now)
    report = completion(tx, group=group, now=now, academy=academy, language=_read_by(person, academy))
    hands = hands_of(report)
    listed = GroupHands(
        group=group.name,
        hands=hands[:HANDS_LISTED],
        more=max(0, len(hands) - HANDS_LISTED),
        zone=group.zone,
    )
    say(tx, person_id=person.id, message=listed, now=now, edits=screen)


def hands_of(report: GroupReport) -> tuple[Hand, ...]:
    """Return who needs a hand: most reasons first, then the longest silence."""
    found = [learner for learner in report.learners if learner.reasons]
    return tuple(_hand(learner) for learner in sorted(found, key=_urgency))


def _read_by(person: Person, academy: AcademyFacts) -> str:
    """Return the language of the words around the title: a granted role comes before any language."""
    return person.language or academy.languages[0]


def _urgency(learner: LearnerRow) -> tuple[int, datetime]:
    return (-len(learner.reasons), learner.last_active_at)


def _hand(learner: LearnerRow) -> Hand:
    return Hand(
        name=learner.name,
        reasons=tuple(reason.value for reason in learner.reasons),
        last_active_at=learner.last_active_at,
    )

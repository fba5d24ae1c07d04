from datetime import UTC, datetime, timedelta
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from academy.messenger import NotSent, Outcome, Refused, Sent, Uncertain
from app.health import Snapshot
from app.metrics import page
from app.tally import LATENESS_SECONDS, Tally
from storage.health_facts import Standing, Totals
from storage.send_attempts import Claimed

ROOT = Path(__file__).parents[2]
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def claimed(kind: str, *, not_before: datetime | None = NOON, repeatable: bool = False) -> Claimed:
    return Claimed(
        delivery=1,
        attempt=1,
        person_id=1,
        address=1,
        language="en",
        kind=kind,
        content="{}",
        repeatable=repeatable,
        resent=False,
        not_before=not_before,
    )


def tallied(*noted: tuple[str, Outcome, float]) -> Tally:
    """A tally of messages that might all have been sent at noon, with the seconds they were late."""
    tally = Tally()
    for kind, outcome, late in noted:
        tally.note(claimed(kind), outcome, now=NOON + late * SECOND)
    return tally


STANDING = Standing(
    open_updates=3,
    oldest_update_at=NOON - 30 * SECOND,
    due_messages=5,
    oldest_due_at=NOON - 90 * SECOND,
    overdue_learners=2,
    oldest_learner_at=None,
    held=1,
    proved_doubled=2,
    set_aside=4,
    missed_catch_up=17,
    epoch=6,
)
SNAPSHOT = Snapshot(
    now=NOON,
    standing=STANDING,
    totals=Totals(deliveries={"sent": 9990, "held": 1}, attempts={"sent": 9990, "uncertain": 10, "open": 3}),
    database_bytes=4096,
    lag_p50_seconds=0.001,
    lag_p99_seconds=0.02,
    paused={"clock": "the computer's clock jumped by 1 days"},
    budget_used=0.5,
    last_ticks={"deliver": NOON},
    running={"sending": True, "receiving": False},
    leading=True,
)


def samples(content: bytes) -> dict[str, float]:
    """Name with labels, and value, as Prometheus reads the page."""
    return {
        sample.name + "".join(f",{value}" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(content.decode())
        for sample in family.samples
    }


def test_what_prometheus_reads() -> None:
    tally = tallied(
        ("lesson", Sent(message_id=1), 0.5),
        ("lesson", Sent(message_id=2), 40.0),
        ("announcement", NotSent(reason="flood", retry_after_seconds=5.0), 1.0),
        ("reply", Uncertain(reason="cut"), 1.0),
    )

    read = samples(page(SNAPSHOT, tally=tally))

    expected = {
        "dusal_deliveries,sent": 9990.0,
        "dusal_deliveries,held": 1.0,
        "dusal_deliveries,waiting": 0.0,
        "dusal_uncertain_per_10000": 10.0,
        "dusal_inbox_open": 3.0,
        "dusal_inbox_oldest_seconds": 30.0,
        "dusal_inbox_dead": 4.0,
        "dusal_outbox_due": 5.0,
        "dusal_outbox_oldest_due_seconds": 90.0,
        "dusal_learners_overdue": 2.0,
        "dusal_learners_oldest_overdue_seconds": 0.0,
        "dusal_outbox_held": 1.0,
        "dusal_proved_doubled": 2.0,
        "dusal_missed_catch_up_total": 17.0,
        "dusal_database_bytes": 4096.0,
        "dusal_epoch": 6.0,
        "dusal_leading": 1.0,
        "dusal_send_outcomes_total,lesson,sent": 2.0,
        "dusal_send_outcomes_total,announcement,too_many": 1.0,
        "dusal_send_outcomes_total,reply,uncertain": 1.0,
        "dusal_too_many_requests_total": 1.0,
        "dusal_lateness_seconds_bucket,1.0": 1.0,
        "dusal_lateness_seconds_bucket,30.0": 1.0,
        "dusal_lateness_seconds_bucket,60.0": 2.0,
        "dusal_lateness_seconds_bucket,+Inf": 2.0,
        "dusal_lateness_seconds_count": 2.0,
        "dusal_lateness_seconds_sum": 40.5,
        "dusal_send_budget_used": 0.5,
        "dusal_loop_lag_seconds,0.99": 0.02,
        "dusal_last_tick_timestamp_seconds,deliver": NOON.timestamp(),
        "dusal_running,sending": 1.0,
        "dusal_running,receiving": 0.0,
        "dusal_sending_paused": 1.0,
        "dusal_sending_paused_reason,clock": 1.0,
    }
    assert {name: read.get(name) for name in expected} == expected


def test_a_quiet_service_has_a_page_too() -> None:
    read = samples(page(SNAPSHOT, tally=Tally()))

    assert read["dusal_lateness_seconds_count"] == 0.0
    assert read["dusal_too_many_requests_total"] == 0.0


def test_outcomes_by_kind_and_who_was_late() -> None:
    tally = tallied(
        ("lesson", Sent(message_id=1), 1.0),
        ("lesson", Sent(message_id=1), 100_000.0),
        ("lesson", Refused(reason="blocked"), 3.0),
        ("lesson", NotSent(reason="refused connection"), 3.0),
    )
    # An edit says nothing about lateness: it has no moment, or may be repeated at will.
    tally.note(claimed("reply", not_before=None), Sent(message_id=None), now=NOON)
    tally.note(claimed("reply", repeatable=True), Sent(message_id=None), now=NOON)

    assert dict(tally.outcomes) == {
        ("lesson", "sent"): 2,
        ("lesson", "refused"): 1,
        ("lesson", "not_sent"): 1,
        ("reply", "sent"): 2,
    }
    assert tally.lateness == [1, *(0 for _ in LATENESS_SECONDS[1:]), 1]


def test_the_budget_is_that_of_the_last_minute() -> None:
    tally = Tally()
    for second in range(120):
        for _ in range(2):
            tally.note(claimed("reply"), Sent(message_id=1), now=NOON + second * SECOND)

    assert tally.recent(now=NOON + 119 * SECOND) == 120
    assert tally.recent(now=NOON + 149 * SECOND) == 60
    assert tally.recent(now=NOON + 500 * SECOND) == 0


def test_every_metric_is_explained_to_whoever_operates_it() -> None:
    told = (ROOT / "docs/operating.md").read_text(encoding="utf-8")
    content = page(SNAPSHOT, tally=tallied(("lesson", Sent(message_id=1), 1.0))).decode()

    names = {line.split(" ")[2] for line in content.splitlines() if line.startswith("# TYPE ")}

    assert len(names) > 20
    assert {name for name in names if name not in told} == set()

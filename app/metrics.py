"""What Prometheus is told; the only user of its library, which is imported at the first question.

Each question is answered from one snapshot, in a registry of our own. Counts that come from the
database are right across restarts; those of this process begin at 0 with it, as Prometheus expects.
Nothing here is a name or a text: labels are kinds, states and loops.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from app.health import Snapshot
from app.tally import LATENESS_SECONDS, Tally

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST

_STATES: Final = ("waiting", "sending", "sent", "refused", "uncertain", "held", "cancelled")


def page(snapshot: Snapshot, *, tally: Tally) -> bytes:
    """Return the page in Prometheus' text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Given((*_kept(snapshot), *_process(snapshot, tally=tally))))
    return generate_latest(registry)


class _Given:
    """A collector of families that were made before."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = tuple(families)

    def collect(self) -> Iterator[Metric]:
        yield from self._families


def _kept(snapshot: Snapshot) -> Iterator[Metric]:
    """Yield what comes from the database."""
    standing, totals = snapshot.standing, snapshot.totals
    deliveries = GaugeMetricFamily(
        "dusal_deliveries", "Rows of the outbox, by what became of them.", labels=["state"]
    )
    for state in _STATES:
        deliveries.add_metric([state], totals.deliveries.get(state, 0))
    yield deliveries
    tried = sum(count for outcome, count in totals.attempts.items() if outcome != "open")
    uncertain = totals.attempts.get("uncertain", 0)
    yield _gauge(
        "dusal_uncertain_per_10000",
        "Of 10,000 tries to send, how many may or may not have arrived.",
        10_000 * uncertain / tried if tried else 0.0,
    )
    yield _gauge("dusal_inbox_open", "Updates that are not handled yet.", standing.open_updates)
    oldest = standing.oldest_update_at
    yield _gauge(
        "dusal_inbox_oldest_seconds",
        "Age of the oldest update that is not handled yet.",
        0.0 if oldest is None else max(0.0, (snapshot.now - oldest).total_seconds()),
    )
    yield _gauge("dusal_inbox_dead", "Updates set aside in the last seven days.", standing.set_aside)
    yield _gauge("dusal_outbox_due", "Messages that may be sent now and wait.", standing.due_messages)
    oldest = standing.oldest_due_at
    yield _gauge(
        "dusal_outbox_oldest_due_seconds",
        "Since when the oldest message that may be sent waits.",
        0.0 if oldest is None else max(0.0, (snapshot.now - oldest).total_seconds()),
    )
    yield _gauge("dusal_learners_overdue", "Learners to be looked at now.", standing.overdue_learners)
    oldest = standing.oldest_learner_at
    yield _gauge(
        "dusal_learners_oldest_overdue_seconds",
        "Since when the first of them waits.",
        0.0 if oldest is None else max(0.0, (snapshot.now - oldest).total_seconds()),
    )
    yield _gauge("dusal_outbox_held", "Messages that wait for a person to decide.", standing.held)
    yield _gauge(
        "dusal_proved_doubled",
        "Messages of which a press on the other copy has proved that they arrived twice.",
        standing.proved_doubled,
    )
    yield CounterMetricFamily(
        "dusal_missed_catch_up",
        "Hours of a lesson that passed while nobody could send, beyond the one that was made up for.",
        value=standing.missed_catch_up,
    )
    yield _gauge("dusal_database_bytes", "Size of the database.", snapshot.database_bytes)
    yield _gauge("dusal_epoch", "Number of the sender; grows with each take-over.", standing.epoch)


def _process(snapshot: Snapshot, *, tally: Tally) -> Iterator[Metric]:
    """Yield what this process has seen since it started."""
    yield _gauge("dusal_leading", "1 for the process that sends, 0 for a standby.", snapshot.leading)
    outcomes = CounterMetricFamily(
        "dusal_send_outcomes", "Tries to send, by kind of message and outcome.", labels=["kind", "outcome"]
    )
    for (kind, outcome), count in sorted(tally.outcomes.items()):
        outcomes.add_metric([kind, outcome], count)
    yield outcomes
    yield CounterMetricFamily(
        "dusal_too_many_requests",
        "Times that Telegram asked us to wait (429).",
        value=sum(count for (_, outcome), count in tally.outcomes.items() if outcome == "too_many"),
    )
    yield _lateness(tally)
    yield _gauge(
        "dusal_send_budget_used",
        "Part of limits.messages_per_second used, last minute.",
        snapshot.budget_used,
    )
    lag = GaugeMetricFamily(
        "dusal_loop_lag_seconds", "How late the event loop was, last five minutes.", labels=["quantile"]
    )
    lag.add_metric(["0.5"], snapshot.lag_p50_seconds)
    lag.add_metric(["0.99"], snapshot.lag_p99_seconds)
    yield lag
    ticks = GaugeMetricFamily(
        "dusal_last_tick_timestamp_seconds", "When each loop went round.", labels=["loop"]
    )
    for loop, moment in sorted(snapshot.last_ticks.items()):
        ticks.add_metric([loop], moment.timestamp())
    yield ticks
    running = GaugeMetricFamily(
        "dusal_running", "1 for each part that runs, 0 once it ended.", labels=["part"]
    )
    for part, runs in sorted(snapshot.running.items()):
        running.add_metric([part], float(runs))
    yield running
    yield _gauge("dusal_sending_paused", "1 while nothing may be sent.", bool(snapshot.paused))
    why = GaugeMetricFamily(
        "dusal_sending_paused_reason", "1 for each reason why nothing may be sent.", labels=["reason"]
    )
    for reason in sorted(snapshot.paused):
        why.add_metric([reason], 1.0)
    yield why


def _lateness(tally: Tally) -> Metric:
    """Return the histogram; Prometheus counts everything up to an end, not what lies between two."""
    counted, buckets = 0, []
    for end, count in zip((*map(float, LATENESS_SECONDS), None), tally.lateness, strict=True):
        counted += count
        buckets.append(("+Inf" if end is None else str(end), counted))
    return HistogramMetricFamily(
        "dusal_lateness_seconds",
        "From the moment a message might have been sent to the moment Telegram took it.",
        buckets=buckets,
        sum_value=tally.lateness_sum_seconds,
    )


def _gauge(name: str, says: str, value: float) -> Metric:
    return GaugeMetricFamily(name, says, value=float(value))

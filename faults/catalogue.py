"""Which fault runs there are, by the figure they measure."""

from collections.abc import Mapping

from faults import (
    disk,
    engines,
    flood,
    kills,
    kills_at_points,
    kills_of_updates,
    machines,
    outage,
    postgresql,
    power,
    promises,
    restart_storms,
    restoring,
    stops,
    storms,
    waiting,
    zones,
)
from faults.figures import Run
from faults.simulation import figure

RUNS: Mapping[str, Run] = {
    "F5": power.run,
    "F6a": postgresql.run,
    "F7": disk.run,
    "F15": engines.run,
    "F1": kills.run,
    "F2": kills_at_points.run,
    "F3": stops.deploys,
    "F4": kills_of_updates.run,
    "F8": storms.run,
    "P4": stops.back_after_a_kill,
    "T11": restart_storms.run,
    "F6b": machines.run,
    "F9": zones.run,
    "F10": outage.run,
    "F11": figure.seeds,
    "F16": restoring.run,
    "F17": waiting.run,
    "F18": promises.run,
    "U16": flood.run,
}

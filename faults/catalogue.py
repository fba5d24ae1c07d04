"""Which fault runs there are, by the figure they measure."""

from collections.abc import Mapping

from faults.figures import Run

RUNS: Mapping[str, Run] = {}

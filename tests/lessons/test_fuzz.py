"""A short round of the fuzzer with a fixed seed, and everything that longer rounds have found."""

from pathlib import Path
from random import Random

import pytest

from fuzz.campaign import Campaign
from fuzz.corpus import KEPT, seeds
from fuzz.mutations import mutated
from fuzz.worker import examine


def test_a_short_round_finds_nothing() -> None:
    campaign = Campaign(20261123)

    found = [f"{finding.number}: {finding.fault}" for finding in campaign.run(most=600)]

    assert found == []
    assert (campaign.inputs, len(campaign.kinds) > 50) == (600, True)


@pytest.mark.parametrize("path", sorted(KEPT.glob("*.yaml")), ids=lambda path: path.stem)
def test_what_was_kept_is_read_without_a_fault(path: Path) -> None:
    assert examine("any.yaml", path.read_bytes()).fault == ""


def test_the_same_seed_makes_the_same_inputs() -> None:
    once = [mutated(seeds(), Random(f"7-{number}")) for number in range(20)]
    again = [mutated(seeds(), Random(f"7-{number}")) for number in range(20)]

    assert once == again


def test_a_reader_that_fails_would_be_noticed() -> None:
    answer = examine("any.yaml", None)  # type: ignore[arg-type]  # what no reader can read

    assert "Traceback" in answer.fault

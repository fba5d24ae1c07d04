"""After somebody is forgotten they are nowhere, not even in other people's rows (G01, G02)."""

from pathlib import Path

from tests.attacks.siege import FACILITATOR, Siege, besieged


def left_in(folder: Path, *words: str) -> list[tuple[str, str]]:
    """Return which words stand in which file of the database, its log included."""
    contents = {file.name: file.read_bytes() for file in folder.glob("dusal.db*") if file.is_file()}
    return [(name, word) for name, content in contents.items() for word in words if word.encode() in content]


async def _forget(siege: Siege) -> None:
    await siege.service.tick()
    await siege.settled()
    await siege.service.tick()
    await siege.settled()
    await siege.service.parts.database.checkpoint()


async def test_a_learner_leaves_no_trace_in_what_the_facilitator_was_told_and_did(tmp_path: Path) -> None:
    async with besieged(f"sqlite:///{tmp_path / 'dusal.db'}") as siege:
        zaya = await siege.join("Zolzaya Unlikelyname", number=8_111_222_333)
        bob = await siege.join("Bob")
        saraa = await siege.staff("Saraa", FACILITATOR)
        await siege.say(zaya, "/ask Why does my Wundertopf whistle?")
        asked = await saraa.shows("Wundertopf")
        await siege.say(saraa, "Take it off the heat.", reply_to=asked.id)
        await siege.say(bob, "/ask And mine?")
        await siege.say(saraa, "/group")
        await siege.tap(saraa, "Who needs a hand") if "hand" in await saraa.screen() else None
        await siege.say(saraa, "/announce")
        await siege.say(saraa, "Bring your pots.")
        await siege.tap(saraa, "Who gets it", "Send to")
        traces = ("Unlikelyname", "Wundertopf", "8111222333")
        assert {word for _, word in left_in(tmp_path, *traces)} == set(traces)

        await siege.say(zaya, "/privacy")
        await siege.tap(zaya, "Erase everything", "Erase everything")
        await _forget(siege)

        assert left_in(tmp_path, *traces) == []
        assert left_in(tmp_path, "And mine?") != []
        assert not any(word in siege.logged.getvalue() for word in ("Unlikelyname", "Wundertopf"))
        await siege.still_serves()


async def test_a_facilitator_leaves_no_name_in_what_learners_were_told(tmp_path: Path) -> None:
    async with besieged(f"sqlite:///{tmp_path / 'dusal.db'}") as siege:
        saraa = await siege.staff("Sarantuya Unlikelyname", FACILITATOR)
        ann = await siege.join("Ann")
        await siege.say(ann, "/help")
        await siege.say(ann, "Is this a question?")
        await siege.say(ann, "/ask A real one?")
        asked = await saraa.shows("A real one?")
        await siege.say(saraa, "A real answer.", reply_to=asked.id)
        assert "Unlikelyname" in await ann.screen(count=20)

        await siege.say(saraa, "/privacy")
        await siege.tap(saraa, "Erase everything", "Erase everything")
        await _forget(siege)

        assert left_in(tmp_path, "Unlikelyname") == []
        assert left_in(tmp_path, "A real answer.") != []
        await siege.still_serves()


async def test_a_learner_called_like_a_key_of_ours_erases_nothing_of_others(tmp_path: Path) -> None:
    async with besieged(f"sqlite:///{tmp_path / 'dusal.db'}") as siege:
        kind = await siege.join("kind")
        saraa = await siege.staff("Saraa", FACILITATOR)
        await siege.say(saraa, "/announce")
        await siege.say(saraa, "Bring your pots.")
        control = await saraa.last()

        await siege.say(kind, "/privacy")
        await siege.tap(kind, "Erase everything", "Erase everything")
        await _forget(siege)

        assert left_in(tmp_path, '"kind":"announce_control"') != []
        assert (await siege.tap(saraa, "Edit")).id == control.id

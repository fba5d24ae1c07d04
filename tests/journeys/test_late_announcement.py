"""An announcement for this morning, and a service that can send again in the afternoon only."""

from datetime import timedelta

from tests.journeys.stage import GROUP, START, Stage
from tests.journeys.teas import TEA

BRING = "Bring one bill this morning."


async def test_a_person_decides_what_becomes_of_it(stage: Stage) -> None:
    token = await stage.teach(TEA)
    saraa = await stage.facilitator()
    bold, hulan = await stage.join("Bold", token), await stage.join("Hulan", token)
    service = stage.trial.service
    await stage.dusal("announce", "--group", GROUP, "--text", BRING, "--until", "2026-11-30 11:00")

    service.parts.gate.shut("outage", says="nothing can be sent")
    stage.trial.clock.set(START + timedelta(hours=6))
    await service._watch.begin()
    service.parts.gate.open_again("outage")
    await stage.settled()

    assert all(BRING not in message.text for message in await bold.messages())
    shown, question = (await saraa.messages())[-2:]
    assert shown.text == BRING
    assert question.text == (
        "This announcement was useful until today 11:00, and did not go before.\n\n"
        f"2 people in {GROUP} have not got it."
    )
    assert question.labels == (("Send to 2",), ("Drop it",))

    # Meanwhile a lesson may have gone to somebody else.
    to_saraa = [
        one.values for one in stage.asked("sendMessage") if str(one.values["chat_id"]) == str(saraa.id)
    ]
    data = to_saraa[-1]["reply_markup"]
    await stage.tap(saraa, "Send to 2")
    await stage.pass_seconds(60)
    copies = [sum(BRING in message.text for message in await phone.messages()) for phone in (bold, hulan)]
    assert copies == [1, 1]
    assert (await saraa.messages())[-1].labels == ()
    assert "n_anyway" in str(data)


async def test_an_end_before_the_beginning_is_a_mistake(stage: Stage) -> None:
    await stage.teach(TEA)

    told = await mistaken(stage, "--at", "2026-11-30 12:00", "--until", "2026-11-30 11:00")
    far = await mistaken(stage, "--at", "9999-12-31 23:59")

    assert "--until is not later than --at" in told
    assert "too far away" in far


async def mistaken(stage: Stage, *words: str) -> str:
    try:
        await stage.dusal("announce", "--group", GROUP, "--text", BRING, *words)
    except AssertionError as failed:
        return str(failed)
    return ""

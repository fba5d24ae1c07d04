"""A learner asks, a facilitator answers; a facilitator writes to everybody."""

from datetime import timedelta
from pathlib import Path

from preview.phone_client import Phone, Shown, texts
from tests.journeys.stage import START, Stage, played, telegram
from tests.journeys.teas import TEA


async def test_a_question_travels_and_its_answer_quotes_it(stage: Stage) -> None:
    token = await stage.teach(TEA)
    saraa = await stage.facilitator()
    bold = await stage.join("Bold", token)
    await stage.say(bold, "/ask")

    sent = await stage.say(bold, "May I use <b>rain</b> water?")
    question = await saraa.last()
    confirmed = await stage.say(saraa, "Yes, boil it longer.", reply_to=question.id)
    answer = await bold.last()

    asked = next(shown for shown in await bold.messages() if "rain" in shown.text)
    assert sent.text == "Sent to Saraa. The answer comes here."
    assert question.text.startswith("Bold asks")
    assert "May I use <b>rain</b> water?" in question.text
    assert not question.silent
    assert confirmed.text == "Sent to Bold."
    assert answer.text == "Answer from Saraa\n\nYes, boil it longer."
    assert answer.reply_to == asked.id
    assert not answer.silent


async def test_a_reply_to_a_card_is_a_question_about_it(stage: Stage) -> None:
    token = await stage.teach(TEA)
    saraa = await stage.facilitator()
    bold = await stage.join("Bold", token)
    card = await bold.last()

    await stage.say(bold, "How hot?", reply_to=card.id)

    assert "lesson: Water first" in (await saraa.last()).text


async def test_free_text_is_asked_about_before_it_goes(stage: Stage) -> None:
    token = await stage.teach(TEA)
    saraa = await stage.facilitator()
    bold = await stage.join("Bold", token)
    before = len(await saraa.messages())

    offer = await stage.say(bold, "is anybody there")
    unsent = len(await saraa.messages())
    await stage.tap(bold, "Yes, send")

    assert offer.text.startswith("Send this to Saraa?")
    assert unsent == before
    assert "is anybody there" in (await saraa.last()).text


async def test_an_announcement_is_previewed_and_delivered_in_the_same_bytes(stage: Stage) -> None:
    saraa, bold, _tuya = await three(stage)

    control = await compose(stage, saraa, "On Friday at 14:00: https://example.org/map")
    await stage.tap(saraa, "Send test to me")
    await stage.tap(saraa, "Send to 2")
    sending = await saraa.shows("Sending to")
    nobody_yet = texts(await bold.messages())
    await stage.pass_seconds(25)
    report = await saraa.shows("Accepted by")

    requests = [
        {name: value for name, value in request.values.items() if name != "chat_id"}
        for request in stage.asked("sendMessage")
        if str(request.values.get("text", "")).startswith("On Friday")
    ]
    # Preview, test, and two deliveries: one renderer.
    assert len(requests) == 4
    assert requests == [requests[0]] * 4
    assert control.text.startswith("To: Autumn, 2 people\n\nGet it now: 2")
    assert sending.text == "Sending to 2 people in 20 seconds."
    assert not any(text.startswith("On Friday") for text in nobody_yet)
    assert (await bold.last()).text == "On Friday at 14:00: https://example.org/map"
    assert not (await bold.last()).silent
    assert report.text.startswith("Accepted by Telegram: 2")


async def test_quiet_hours_hold_it_back_only_where_it_is_night(stage: Stage) -> None:
    saraa, bold, tuya = await three(stage, elsewhere="07:30")
    # 19:30 in Ulaanbaatar is quiet; 18:30 in Hovd is not.
    await stage.until(START + timedelta(hours=11))

    control = await compose(stage, saraa, "Tomorrow we meet.")
    await stage.tap(saraa, "Send to 2")
    await stage.pass_seconds(30)
    at_night = [(await phone.last()).text for phone in (bold, tuya)]
    waiting = await saraa.last()
    await stage.until(START + timedelta(hours=24))
    report = await saraa.last()

    assert "Get it now: 1" in control.text
    assert "Get it after the quiet hours where they are, the first tomorrow 08:00: 1" in control.text
    assert at_night[0] != "Tomorrow we meet."
    assert at_night[1] == "Tomorrow we meet."
    assert "Waiting: 1" in waiting.text
    assert "Tomorrow we meet." in texts(await bold.messages())
    assert report.text.startswith("Accepted by Telegram: 2")


async def test_undo_takes_it_back_before_anybody_got_it(stage: Stage) -> None:
    saraa, bold, tuya = await three(stage)
    await compose(stage, saraa, "A mistake.")
    await stage.tap(saraa, "Send to 2")

    undone = await stage.tap(saraa, "Undo")
    await stage.pass_seconds(3600)

    assert undone.text == "Cancelled. Nobody got it."
    assert "A mistake." not in texts(await bold.messages()) + texts(await tuya.messages())


async def test_undo_works_after_a_restart(tmp_path: Path) -> None:
    async with telegram() as server:
        async with played(server, tmp_path) as stage:
            saraa, bold, _tuya = await three(stage)
            await compose(stage, saraa, "A mistake.")
            await stage.tap(saraa, "Send to 2")
        async with played(server, tmp_path) as again:
            saraa, bold = (
                await again.phone("Saraa", number=saraa.id),
                await again.phone("Bold", number=bold.id),
            )
            undone = await again.tap(saraa, "Undo")
            await again.pass_seconds(3600)

            states = {row["state"] for row in await again.listed("outbox") if row["kind"] == "announcement"}
            said = texts(await bold.messages())

    assert undone.text == "Cancelled. Nobody got it."
    assert states == {"cancelled"}
    assert "A mistake." not in said


async def test_a_confirmed_announcement_is_sent_once_however_often_it_is_tapped(stage: Stage) -> None:
    saraa, bold, _tuya = await three(stage)
    control = await compose(stage, saraa, "Once.")
    send = callback(stage, saraa, "Send to 2")
    await stage.tap(saraa, "Send to 2")

    toast = await stage.toast(saraa, send, on=control.id)
    await stage.pass_seconds(60)

    assert toast == "This announcement was sent or dropped before."
    assert texts(await bold.messages()).count("Once.") == 1


async def test_a_blocked_learner_is_reported_not_counted_as_reached(stage: Stage) -> None:
    saraa, bold, _tuya = await three(stage)
    await compose(stage, saraa, "Hello.")
    await stage.tap(saraa, "Send to 2")
    await bold.block()
    await stage.pass_seconds(60)

    report = await saraa.last()

    assert report.text.startswith("Accepted by Telegram: 1")
    assert "1" in report.text.splitlines()[1]


async def test_group_shows_the_figures_of_the_report(stage: Stage) -> None:
    saraa, _bold, _tuya = await three(stage)

    group = await stage.say(saraa, "/group")

    assert group.has_photo
    assert group.text.startswith("Autumn\nTea for everybody\n\nJoined: 2\nStarted: ")
    assert "Code to join: " in group.text


async def three(stage: Stage, *, elsewhere: str = "") -> tuple[Phone, Phone, Phone]:
    """Return the phones of the facilitator and two learners; the second may live elsewhere."""
    token = await stage.teach(TEA)
    saraa = await stage.facilitator()
    bold = await stage.join("Bold", token)
    if not elsewhere:
        return saraa, bold, await stage.join("Tuya", token)
    tuya = await stage.phone("Tuya")
    await stage.say(tuya, f"/start {token}")
    await stage.tap(tuya, "Start", "Agree", "Every day 09:00", "No", elsewhere)
    return saraa, bold, tuya


async def compose(stage: Stage, phone: Phone, text: str) -> Shown:
    await stage.say(phone, "/announce")
    return await stage.say(phone, text)


def callback(stage: Stage, phone: Phone, label: str) -> str:
    """Return what the newest button with that label carries."""
    for message in reversed(list(stage.trial.server.world.chats[phone.id].messages.values())):
        for row in message.buttons:
            for one in row:
                if str(one["text"]).startswith(label):
                    return str(one["callback_data"])
    raise AssertionError(label)

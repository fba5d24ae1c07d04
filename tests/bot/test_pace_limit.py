from bot.pace_limit import PaceLimit


def test_the_limit_is_per_person_and_minute_and_told_once() -> None:
    moment = 0.0
    limit = PaceLimit(seconds=lambda: moment, per_minute=3)

    first = [limit.verdict(42) for _ in range(5)]
    other = limit.verdict(43)
    moment = 59.0
    before = limit.verdict(42)
    moment = 60.0
    after = [limit.verdict(42) for _ in range(4)]
    moment = 61.0
    told_again = limit.verdict(42)

    assert first == ["fine", "fine", "fine", "first_too_many", "too_many"]
    assert other == "fine"
    assert before == "too_many"
    assert after == ["fine", "fine", "fine", "first_too_many"]
    assert told_again == "too_many"

from preview.limits import RateCounter, RateLimits, Window


class Seconds:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


LIMITS = RateLimits(
    overall=(Window(count=3, seconds=1.0),), per_chat=(Window(count=2, seconds=1.0),), reply_seconds=30.0
)


def test_no_more_than_the_window_holds_in_any_second() -> None:
    seconds = Seconds()
    counter = RateCounter(LIMITS, monotonic=seconds)

    assert [counter.seconds_to_wait(chat) for chat in (1, 2, 3, 4)] == [0, 0, 0, 1]

    seconds.now += 0.999
    assert counter.seconds_to_wait(4) == 1
    seconds.now += 0.002
    assert counter.seconds_to_wait(4) == 0


def test_what_was_refused_is_not_counted() -> None:
    seconds = Seconds()
    counter = RateCounter(LIMITS, monotonic=seconds)

    assert [counter.seconds_to_wait(1) for _ in range(5)] == [0, 0, 1, 1, 1]
    assert counter.seconds_to_wait(2) == 0


def test_answers_to_a_person_have_no_overall_limit_but_their_chats() -> None:
    seconds = Seconds()
    counter = RateCounter(LIMITS, monotonic=seconds)
    for chat in (1, 2, 3):
        counter.seconds_to_wait(chat)

    counter.person_acted(9)

    assert [counter.seconds_to_wait(9) for _ in range(3)] == [0, 0, 1]
    seconds.now += 31
    counter.seconds_to_wait(1), counter.seconds_to_wait(2), counter.seconds_to_wait(3)
    assert counter.seconds_to_wait(9) == 1

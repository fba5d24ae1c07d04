"""A learner at an `order` or a `match`, and their fingers."""

from dataclasses import dataclass, replace

from sqlalchemy import Connection

from academy import arranging, delivering
from academy.arrangement import as_number
from academy.messages.learning import Feedback
from academy.places import PressOutcome
from lessons.model import Course, Lesson
from lessons.steps import Match, MatchPair, Order, Say
from tests.academy.presses import NOW, pressed
from tests.academy.school import ACADEMY, MONDAY, Learner, join

ORDER = Order(
    id="q-order",
    prompt="Put the **steps** in order.",
    items=("Close the *windows*", "Set the valve", "Wait"),
    hints=("Begin where the heat leaves.",),
    why="An open window heats the street.",
    explain="First stop the loss.",
)
ROOMS = Match(
    id="q-rooms",
    prompt="Match each room.",
    pairs=(
        MatchPair(left="Office", right="20 °C"),
        MatchPair(left="Corridor", right="15 °C"),
        MatchPair(left="Hall", right="17 °C"),
    ),
)
TWO = replace(ORDER, id="q-two", items=("Close", "Open"), hints=())
PLAIN = ("Close the windows", "Set the valve", "Wait")


@dataclass(frozen=True, slots=True)
class Desk:
    """A learner at a question, and their fingers."""

    learner: Learner
    asked: Order | Match

    def put(self, *items: int, before: int | None = None, try_number: int | None = None) -> PressOutcome:
        outcome: PressOutcome = "unknown"
        for item in items:
            outcome = arranging.put(
                self.learner.tx,
                pressed(self.learner),
                try_number=self.learner.open.try_number if try_number is None else try_number,
                before=as_number(self.placed) if before is None else before,
                item=item,
                now=NOW,
                academy=ACADEMY,
            )
        return outcome

    def check(self, *, before: int | None = None, try_number: int | None = None) -> PressOutcome:
        return arranging.check(
            self.learner.tx,
            pressed(self.learner),
            try_number=self.learner.open.try_number if try_number is None else try_number,
            before=as_number(self.placed) if before is None else before,
            now=NOW,
            academy=ACADEMY,
        )

    def undo(self, *, before: int | None = None) -> PressOutcome:
        return arranging.undo(
            self.learner.tx,
            pressed(self.learner),
            try_number=self.learner.open.try_number,
            before=as_number(self.placed) if before is None else before,
            now=NOW,
            academy=ACADEMY,
        )

    def start_over(self, *, before: int) -> PressOutcome:
        return arranging.start_over(
            self.learner.tx,
            pressed(self.learner),
            try_number=self.learner.open.try_number,
            before=before,
            now=NOW,
            academy=ACADEMY,
        )

    @property
    def placed(self) -> tuple[int, ...]:
        return self.learner.open.placed

    def feedback(self) -> Feedback:
        shown = self.learner.last()
        assert isinstance(shown, Feedback)
        return shown


def desk(tx: Connection, asked: Order | Match) -> Desk:
    steps = (asked, Say(id="after", text="On."))
    lesson = Lesson(id="one", title="One", minutes=4, steps=steps)
    learner = join(
        tx, course=Course(id="heat", title="Heat", language="en", version="1.0.0", lessons=(lesson,))
    )
    delivering.begin(tx, enrollment_id=learner.enrollment_id, now=MONDAY, academy=ACADEMY)
    return Desk(learner, asked)

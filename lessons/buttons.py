"""Which texts of a course stand on buttons: those that a phone has little room for."""

from lessons.limits import Limits
from lessons.steps import Choose, ChooseAll, Link, Match, Order, Poll, Step


def button_texts(step: Step) -> tuple[str, ...]:
    """Return the texts that become buttons, in the author's order; empty where none does."""
    match step:
        case Choose() | ChooseAll():
            return tuple(option.text for option in step.options)
        case Order():
            return step.items
        case Match():
            return tuple(pair.right for pair in step.pairs)
        case Poll():
            return step.options
        case Link():
            return (step.label,) if step.label else ()
        case _:
            return ()


def all_fit(step: Step, limits: Limits) -> bool:
    """Tell whether each of them fits; where one is longer, a question writes all of them out as A, B, C."""
    return all(len(text) <= limits.button_chars for text in button_texts(step))

"""Words for what has no name of its own, where an author's sentence has a place for one.

They stand in the middle of a sentence: "Ask your facilitator." reads as if it were written so.
"""

from i18n.catalog import Words


def learner(words: Words) -> str:
    """Return what to call somebody who gave no name."""
    return words("learner")


def group(words: Words) -> str:
    """Return what to call a group that somebody is not in yet."""
    return words("your group")


def facilitator(words: Words) -> str:
    """Return what to call the facilitator while nobody has a name."""
    return words("your facilitator")


def after_the_last_lesson(words: Words) -> str:
    """Return what follows the last lesson of a course."""
    return words("the end of the course")

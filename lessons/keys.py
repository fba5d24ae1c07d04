"""What counts as right in a question, and what a response to it means in another version of it.

Options are told apart by their words: an option that stands elsewhere is the same option.
"""

from collections.abc import Sequence

from lessons.steps import Choose, ChooseAll, Match, Number, Option, Order, Step, Text, TrueFalse


def key_changed(was: Step, step: Step) -> bool:
    """Return whether another response is right now than before.

    False when the two are of different kinds: nothing that was answered fits the other then.
    """
    match was, step:
        case (Choose(options=old), Choose(options=new)) | (ChooseAll(options=old), ChooseAll(options=new)):
            before = {option.text: option.right for option in old}
            return any(before.get(option.text, option.right) != option.right for option in new)
        case TrueFalse(), TrueFalse():
            return was.answer != step.answer
        case Number(), Number():
            return (was.answer, was.between, was.tolerance) != (step.answer, step.between, step.tolerance)
        case Text(), Text():
            return (set(was.accept), was.typos, {one.when for one in was.known}) != (
                set(step.accept),
                step.typos,
                {one.when for one in step.known},
            )
        case Order(), Order():
            return sorted(was.items) == sorted(step.items) and was.items != step.items
        case Match(), Match():
            partners = {pair.left: pair.right for pair in was.pairs}
            return any(partners.get(pair.left, pair.right) != pair.right for pair in step.pairs)
        case _:
            return False


def carried_over(was: Step, step: Step, *, response: str) -> str | None:
    """Return a response as it is kept, as it would be kept for `step`; None when it has no such form.

    Picked options are indexes into the author's order, joined by commas.
    """
    match was, step:
        case (Choose(options=old), Choose(options=new)) | (ChooseAll(options=old), ChooseAll(options=new)):
            picked = _indexes(response)
            places = _places(old, new)
            if any(index not in places for index in picked):
                return None
            return ",".join(str(place) for place in sorted(places[index] for index in picked))
        case (TrueFalse(), TrueFalse()) | (Number(), Number()) | (Text(), Text()):
            return response
        case Order(), Order():
            items = {item: place for place, item in enumerate(step.items)}
            placed = [items.get(was.items[index]) for index in _indexes(response)]
            return _kept(placed, count=len(step.items))
        case Match(), Match():
            given = dict(zip((pair.left for pair in was.pairs), _indexes(response), strict=False))
            rights = {pair.right: place for place, pair in enumerate(step.pairs)}
            chosen = [
                rights.get(was.pairs[given[pair.left]].right) if pair.left in given else None
                for pair in step.pairs
            ]
            return _kept(chosen, count=len(step.pairs))
        case _:
            return None


def _indexes(response: str) -> list[int]:
    return [int(index) for index in response.split(",") if index.isdecimal()]


def _kept(places: Sequence[int | None], *, count: int) -> str | None:
    """Return places as they are kept, or None unless everything has one."""
    whole = [place for place in places if place is not None]
    return ",".join(map(str, whole)) if len(whole) == len(places) == count else None


def _places(was: Sequence[Option], now: Sequence[Option]) -> dict[int, int]:
    """Return old index → new index of the same option: by its words, else by its place."""
    texts = {option.text: place for place, option in enumerate(now)}
    old_texts = {option.text for option in was}
    found = {}
    for place, option in enumerate(was):
        if option.text in texts:
            found[place] = texts[option.text]
        elif len(was) == len(now) and now[place].text not in old_texts:
            # Another wording at the same place, where nothing else came in: a mended option.
            found[place] = place
    return found

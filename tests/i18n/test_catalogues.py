"""The catalogues hold every phrase of the code, with its placeholders; reading them loses nothing."""

import re
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
LOCALES = ROOT / "i18n" / "locale"
KEYWORDS = {"words": None, "self": None, "N_": None, "plural": (1, 2)}
COMPLETE = ("mn",)
"""Languages that have no English left in them."""
_FILLED = {"time": "09:00", "slot": "Mon, Wed, Fri 09:00", "day": "Wed"}
"""What stands in a button where a translator writes a placeholder, at its longest; else a number."""


def phrases() -> dict[str, tuple[str, ...]]:
    """Return every phrase of the code: its msgid, and its forms (two for a plural)."""
    found: dict[str, tuple[str, ...]] = {}
    for folder in ("bot", "i18n"):
        for _, _, message, _, _ in extract_from_dir(
            ROOT / folder, method_map=[("**.py", "python")], keywords=KEYWORDS
        ):
            forms = (message,) if isinstance(message, str) else tuple(message)
            found[forms[0]] = forms
    return found


def catalogue(language: str) -> Catalog:
    path = LOCALES / language / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as opened:
        return read_po(opened, locale=language, abort_invalid=True)


def placeholders(text: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def faults(message: Message | None, forms: tuple[str, ...]) -> str:
    """Return what is wrong with a translation; empty when it can be used."""
    if message is None:
        return "missing"
    if message.fuzzy:
        return "fuzzy"
    strings = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
    if isinstance(message.string, str) != (len(forms) == 1):
        return "plural and singular are mixed up"
    if not strings or not all(string.strip() for string in strings):
        return "empty"
    wanted = frozenset().union(*map(placeholders, forms))
    # "1 lesson" may be written out in words; the other forms need their number.
    needed = frozenset.intersection(*map(placeholders, forms)) - ({"n"} if len(forms) > 1 else set())
    for string in strings:
        if not needed <= placeholders(string) <= wanted:
            return f"placeholders {sorted(placeholders(string))} instead of {sorted(wanted)}"
    return ""


def test_the_code_has_phrases() -> None:
    found = phrases()

    assert "This button is no longer in use." in found
    assert all(form.strip() for forms in found.values() for form in forms)


def test_every_phrase_can_be_filled_in() -> None:
    odd = [
        form
        for forms in phrases().values()
        for form in forms
        if not all(map(str.isidentifier, placeholders(form)))
    ]

    assert odd == []


@pytest.mark.parametrize("language", COMPLETE)
def test_every_phrase_is_translated(language: str) -> None:
    found = catalogue(language)

    wrong = {msgid: fault for msgid, forms in phrases().items() if (fault := faults(found.get(msgid), forms))}

    assert wrong == {}


@pytest.mark.parametrize("language", COMPLETE)
def test_nothing_is_translated_that_nobody_says(language: str) -> None:
    ids = {message.id if isinstance(message.id, str) else message.id[0] for message in catalogue(language)}

    assert ids - {""} - set(phrases()) == set()


@pytest.mark.parametrize("language", COMPLETE)
def test_reading_a_catalogue_loses_no_entry(language: str) -> None:
    # An unterminated string drops its entry without a word, so entries are counted in the text.
    text = (LOCALES / language / "LC_MESSAGES" / "messages.po").read_text(encoding="utf-8")
    written = len(re.findall(r"^msgid ", text, flags=re.MULTILINE))

    assert len(list(catalogue(language))) == written


@pytest.mark.parametrize("language", COMPLETE)
def test_translations_keep_to_the_length_their_note_names(language: str) -> None:
    too_long = [
        string
        for message in catalogue(language)
        for note in message.auto_comments
        if (most := re.search(r"at most (\d+) characters", note))
        for string in ((message.string,) if isinstance(message.string, str) else message.string or ())
        if len(re.sub(r"\{(\w+)\}", lambda found: _FILLED.get(found[1], "12"), string)) > int(most[1])
    ]

    assert too_long == []


def test_every_catalogue_is_checked() -> None:
    assert {path.parts[-3] for path in LOCALES.glob("*/LC_MESSAGES/messages.po")} == set(COMPLETE)

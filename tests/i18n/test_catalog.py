from datetime import UTC, datetime
from io import BytesIO

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from i18n.catalog import Words, translator

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)  # a Monday


def words(language: str, po: str) -> Words:
    return Words(language, catalog(language, po))


def catalog(language: str, po: str) -> Catalog:
    return read_po(BytesIO(po.encode()), locale=language, abort_invalid=True)


def plural_po(*forms: str) -> str:
    """Return a catalogue with one plural and a header as common tools write it."""
    entries = "\n".join(f'msgstr[{number}] "{form}"' for number, form in enumerate(forms))
    header = (
        f'msgid ""\nmsgstr "Plural-Forms: nplurals={len(forms)}; plural=(n != 1);\\n"'
        if len(forms) == 2
        else f'msgid ""\nmsgstr "Plural-Forms: nplurals={len(forms)}; plural=0;\\n"'
    )
    return f'{header}\n\nmsgid "{{n}} lesson"\nmsgid_plural "{{n}} lessons"\n{entries}\n'


COUNTS = (0, 1, 2, 5, 11, 21, 101)


@pytest.mark.parametrize(
    ("language", "forms", "used"),
    [
        # CLDR 46, cardinal rules: which of one, few, many, other each count takes.
        ("en", ("one", "other"), "other one other other other other other"),
        ("mn", ("one", "other"), "other one other other other other other"),
        ("hu", ("one", "other"), "other one other other other other other"),
        ("tr", ("one", "other"), "other one other other other other other"),
        ("mk", ("one", "other"), "other one other other other one one"),
        ("fr", ("one", "other"), "one one other other other other other"),
        ("sr", ("one", "few", "other"), "other one few other other one one"),
        ("ru", ("one", "few", "many"), "many one few many many one one"),
        ("uk", ("one", "few", "many"), "many one few many many one one"),
        ("pl", ("one", "few", "many"), "many one few many many many many"),
        ("lt", ("one", "few", "other"), "other one few few other one one"),
        ("ka", ("one", "other"), "other one other other other other other"),
        ("ja", ("other",), "other other other other other other other"),
    ],
)
def test_plurals_follow_cldr_whatever_the_header_says(
    language: str, forms: tuple[str, ...], used: str
) -> None:
    said = words(language, plural_po(*(f"{{n}} {form}" for form in forms)))

    found = [said.plural("{n} lesson", "{n} lessons", n=count) for count in COUNTS]

    assert found == [f"{count} {form}" for count, form in zip(COUNTS, used.split(), strict=True)]


def test_english_needs_no_catalogue() -> None:
    said = translator("en")

    assert [said.plural("{n} lesson", "{n} lessons", n=count) for count in (0, 1, 2)] == [
        "0 lessons",
        "1 lesson",
        "2 lessons",
    ]


def test_what_is_not_translated_stays_english() -> None:
    said = words("mn", 'msgid "Continue"\nmsgstr "Үргэлжлүүлэх"\n\nmsgid "Hint"\nmsgstr ""\n')

    assert [said("Continue"), said("Hint"), said("Help")] == ["Үргэлжлүүлэх", "Hint", "Help"]


def test_a_translator_s_slip_does_not_cost_the_sentence() -> None:
    said = words("mn", 'msgid "Hello {name}!"\nmsgstr "Сайн уу {нэр}!"\n')

    assert said("Hello {name}!", name="Bat") == "Hello Bat!"


def test_braces_in_values_are_letters() -> None:
    assert translator("en")("Hello {name}!", name="{name} {0}") == "Hello {name} {0}!"


def test_right_to_left_names_turn_nothing_round_them() -> None:
    assert translator("en")("{name} joined {group}.", name="نجوا", group="Autumn") == (
        "\u2068نجوا\u2069 joined Autumn."
    )


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("en", "en"),
        ("en-GB", "en"),
        ("xx", "en"),
        ("", "en"),
        ("../../etc", "en"),
        ("mn-MN", "mn"),
        ("mn", "mn"),
    ],
)
def test_a_language_falls_back_to_its_base_and_then_to_english(asked: str, language: str) -> None:
    assert translator(asked).language == language


def test_days_are_named() -> None:
    said = translator("en")

    assert [said.days((0, 1, 2, 3, 4)), said.days(tuple(range(7))), said.days((2,)), said.days((0, 2))] == [
        "workdays",
        "every day",
        "Wednesday",
        "Mon, Wed",
    ]


@pytest.mark.parametrize(
    ("moment", "zone", "said"),
    [
        ("2026-11-23 15:30", "UTC", "today 15:30"),
        ("2026-11-23 17:00", "Asia/Ulaanbaatar", "tomorrow 01:00"),
        ("2026-12-02 09:00", "UTC", "Wednesday 2 December, 09:00"),
    ],
)
def test_moments_are_said_where_the_reader_is(moment: str, zone: str, said: str) -> None:
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)

    assert translator("en").when(at, zone=zone, now=NOON) == said


def test_mongolian_names_months_by_number_and_days_in_lower_case() -> None:
    said = translator("mn")
    morning = datetime(2026, 12, 7, 1, tzinfo=UTC)

    assert said.when(morning, zone="Asia/Ulaanbaatar", now=NOON) == "12-р сарын 7, даваа, 09:00"
    assert [said.days((0, 1, 2, 3, 4)), said.days((2,)), said.days((0, 2, 4))] == [
        "ажлын өдөр",
        "лхагва",
        "Да, Лх, Ба",
    ]


def test_lists_and_names_of_languages() -> None:
    said = translator("en")

    assert said.list(("Olena", "Petro", "Iryna")) == "Olena, Petro, and Iryna"
    assert [said.language_name("en"), said.language_name("mn")] == ["English", "Монгол"]
    assert said.number(1234.5) == "1,234.5"

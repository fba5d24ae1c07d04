from pathlib import Path

import pytest

from lessons.limits import Limits
from lessons.model import Course, Lesson, Pair, Translation
from lessons.problems import draw
from lessons.reader import read
from lessons.steps import Choose, Number, Option, Say, Text
from lessons.translations import StalePair, apply, count, missing_texts, stale_pairs

LIMITS = Limits(text_chars=4096, caption_chars=1024, button_chars=28, picture_bytes=300 * 1024)


def course(*pairs: Pair) -> Course:
    return Course(
        id="heat",
        title="Heat",
        language="en",
        version="1",
        facilitator_notes="Bring a bill.\n\nAsk twice.",
        lessons=(
            Lesson(
                id="one",
                title="One degree",
                steps=(
                    Say(id="one-card-1", text="Yes"),
                    Choose(
                        id="q-1",
                        prompt="Yes",
                        hints=("Listen.",),
                        options=(
                            Option(text="Fans", right=True, why="Big."),
                            Option(text="Lamps", right=False),
                        ),
                    ),
                    Number(id="q-2", prompt="How many?", unit="kWh"),
                    Text(id="q-3", prompt="Which part?", accept=("valve", "TRV")),
                ),
            ),
            Lesson(id="two", title="Two", steps=(Say(id="two-card-1", text="Yes"),)),
        ),
        translations=(Translation(language="mn", pairs=pairs),),
    )


def test_apply_puts_each_text_in_its_place_and_leaves_the_rest() -> None:
    translated = apply(
        course(
            Pair(source="Heat", target="Дулаан"),
            Pair(source="Ask twice.", target="Хоёр асуу."),
            Pair(source="Yes", target="Тийм", lesson="one"),
            Pair(source="Yes", target="Мөн үү?", at="q-1", lesson="one"),
            Pair(source="Fans", target="Сэнс", lesson="one"),
            Pair(source="Big.", target="Том.", lesson="one"),
            Pair(source="kWh", target="кВт·ц", lesson="one"),
            Pair(source="", target="", at="q-3.accept", accept=("хавхлага",), lesson="one"),
        ),
        "mn",
    )

    assert translated.language == "mn"
    assert translated.title == "Дулаан"
    assert translated.facilitator_notes == "Bring a bill.\n\nХоёр асуу."
    assert translated.lessons[0].steps == (
        Say(id="one-card-1", text="Тийм"),
        Choose(
            id="q-1",
            prompt="Мөн үү?",
            hints=("Listen.",),
            options=(Option(text="Сэнс", right=True, why="Том."), Option(text="Lamps", right=False)),
        ),
        Number(id="q-2", prompt="How many?", unit="кВт·ц"),
        Text(id="q-3", prompt="Which part?", accept=("хавхлага",)),
    )
    # A pair of one lesson says nothing about another.
    assert translated.lessons[1].steps == (Say(id="two-card-1", text="Yes"),)


def test_apply_in_the_source_language_changes_nothing() -> None:
    assert apply(course(), "en") == course()


def test_apply_in_another_language_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(KeyError):
        apply(course(), "uk")


def test_count_and_missing() -> None:
    some = course(Pair(source="Yes", target="Тийм", lesson="one"), Pair(source="Heat", target="Дулаан"))

    # Heat; One degree, Yes, Yes, Fans, Big., Lamps, Listen., How many?, Which part?, accept; Two, Yes.
    assert count(some, "mn") == (3, 13)
    assert [text.text for text in missing_texts(some, "mn")] == [
        "One degree",
        "Fans",
        "Big.",
        "Lamps",
        "Listen.",
        "How many?",
        "Which part?",
        "valve / TRV",
        "Two",
        "Yes",
    ]


def test_stale_pairs_name_the_nearest_text() -> None:
    old = Pair(source="One degrees", target="Нэг хэм", lesson="one")
    gone = Pair(source="", target="", at="q-9.accept", accept=("x",), lesson="one")

    stale = stale_pairs(course(old, gone, Pair(source="Bring a bill.", target="Баримт.")), "mn")

    assert stale == (StalePair(pair=old, nearest="One degree"), StalePair(pair=gone, nearest=None))


def test_the_file_of_pairs_is_checked_with_its_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "course.yaml").write_text(
        "format: 1\nid: heat\ntitle: Heat\nlanguage: en\nversion: 1\n"
        "lessons:\n  - id: one\n    title: One degree\n    steps:\n"
        "      - choose: What uses most?\n        id: q-1\n        options:\n"
        "          - {right: Fans, why: Big.}\n          - {wrong: Lamps, why: Small.}\n"
    )
    (tmp_path / "i18n").mkdir()
    (tmp_path / "i18n" / "mn.yaml").write_text(
        "language: mn\n"
        "course:\n"
        "  - {en: Heat, mn: Дулаан}\n"
        "one:\n"
        "  - {en: One degrees, mn: Нэг хэм}\n"
        "  - {en: Fans, mn: Агааржуулалтын том сэнснүүд энд}\n"
        "  - {en: Fans, mn: Сэнс}\n"
        "  - {en: Lamps, mn: Гэрэл, fr: Lampes}\n"
    )
    monkeypatch.chdir(tmp_path)

    problems = read(Path(), limits=LIMITS).problems

    assert [(problem.line, problem.code) for problem in problems] == [
        (1, "W302"),
        (5, "W300"),
        (6, "W303"),
        (7, "W301"),
        (8, "E101"),
    ]
    assert draw(problems[0]) == (
        "warning[W302]: 4 of 7 texts are not translated into `mn`\n --> i18n/mn.yaml:1:1\n  |\n"
        "1 | language: mn\n  | ^^^^^^^^\n  |\n  = fix: the first is in `one`: “One degree”"
    )
    assert problems[1].fix == "compare it with the course: is it “One degree” now?"

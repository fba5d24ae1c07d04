"""A small course with a final test, for stories about tests, needs and taking lessons early."""

COURSE = """\
format: 1
id: tea-test
title: Tea for experts
language: en
version: 1.0.0
pace: {days: daily, at: 09:00%(pace)s}
pass: 80%%
lessons:
  - id: water
    title: Water first
    minutes: 2
    steps:
      - say: Hello **{name}**. Boil the water. Next comes “{next_lesson}”, and {facilitator} helps.
      - true_false: Tea needs water.
        id: q-water
        answer: true
  - id: final
    title: The test
    minutes: 3
    needs: water
    test: {draw: 2, tries: 2, retake: 2 days}
    steps:
      - say: Two questions. What was right comes at the end.
      - variants:
          - true_false: Tea grows on trees.
            id: q-trees
            answer: true
            explain: Camellia sinensis is a tree, kept small.
          - true_false: Tea grows under water.
            id: q-under
            answer: false
            explain: It needs air, and rain now and then.
      - number: How many minutes does green tea steep?
        id: q-minutes
        answer: 3
        explain: Longer makes it bitter.
  - id: cup
    title: The cup
    minutes: 2
    steps:
      - say: Warm the cup.
  - id: party
    title: The tea party
    minutes: 2
    needs: [final]
    steps:
      - say: You may pour.
announcements:
  - id: cups
    when: {before_lesson: cup, days: 1}
    say: Dear {name}, tomorrow we warm cups. Bring yours.
    auto: yes
"""


def tea(pace: str = "") -> str:
    """Return the course with more keys in its pace, such as `, ahead: yes`."""
    return COURSE % {"pace": pace}

"""A small course with every kind of question, and short lessons after it."""

LESSON = """\
  - id: {id}
    title: {title}
    minutes: 3
    steps:
      - say: Read {title}.
      - true_false: Was it {title}?
        id: q-{id}
        answer: true
        explain: It was.
"""

TEA = """\
format: 1
id: tea
title: Tea for everybody
language: en
version: 1.0.0
pace: {days: daily, at: 09:00}
lessons:
  - id: water
    title: Water first
    minutes: 4
    steps:
      - say: Boil the water.
      - choose: What goes into the pot first?
        id: q-first
        options:
          - right: Water
            why: Tea needs something to swim in.
          - wrong: Milk
            why: Milk comes last.
          - wrong: Salt
            why: Only in the steppe, and late.
        hint: It is clear.
        explain: Nothing works without it.
      - choose_all: What makes tea stronger?
        id: q-stronger
        options:
          - right: More leaves
          - right: More time
          - wrong: A larger cup
            why: The cup does not know what is in it.
      - true_false: Tea needs hot water.
        id: q-hot
        answer: true
        explain: Cold water takes hours.
      - number: How many grams of leaves for a pot of 1 litre?
        id: q-grams
        answer: 10
        tolerance: 1
        unit: g
        explain: Ten grams, more or less.
      - text: What are tea leaves called when they are dried and not fermented?
        id: q-green
        accept: [green tea]
        explain: Green tea it is.
""" + "".join(
    LESSON.format(id=identity, title=title)
    for identity, title in (
        ("pot", "The pot"),
        ("cup", "The cup"),
        ("milk", "The milk"),
        ("salt", "The salt"),
    )
)

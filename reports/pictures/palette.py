"""The few colours of every picture, each readable on the ground it is used on.

Contrast by WCAG 2.2: words have at least 4.5 : 1 on their ground, shapes at least 3 : 1 where
they mean something. Colour never says anything alone: numbers and words stand beside it.
"""

PAPER = "#F3F7F6"
CARD = "#FFFFFF"
INK = "#16302E"
QUIET_INK = "#4A625F"
DONE = "#14776E"
ON_DONE = "#FFFFFF"
TRACK = "#DFEAE8"
OUTLINE = "#7D9794"
ATTENTION = "#A9540B"

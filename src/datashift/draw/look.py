"""How charts look: sizes, inks and marks; the one visual grammar of citizen and official figures."""

from __future__ import annotations

WIDTH = 720
MARGIN = 12

FONTS = "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'Noto Sans Devanagari', sans-serif"

# Sizes of type in pixels at full width, each with its line height.
TITLE, TITLE_LINE = 23, 30
SUBTITLE, SUBTITLE_LINE = 17, 24
LABEL, LABEL_LINE = 16, 21
NAME = 14  # names inside the areas of a map
FOOT, FOOT_LINE = 15, 21

# Inks on white: text has a contrast of 7 and more, marks of 4.5 and more.
PAPER = "#FFFFFF"
TEXT = "#1A1A1A"
BLACK = "#000000"  # names on the classes of a map need all the contrast there is
QUIET = "#4A4A4A"
CITIZEN = "#BD4F00"
CITIZEN_TEXT = "#853800"
OFFICIAL = "#44546A"
HATCHING = "#6B6B6B"
AXIS = "#6B6B6B"
GRID = "#DADADA"
HAIRLINE = "#E6E6E6"

CLASSES = ("#FFF4DE", "#FFD79A", "#F7A95C", "#D98236", "#6E2B00")
"""Five classes, light to dark: one hue, so that they keep their order for every eye and in greyscale."""

# Outlines drawn in a square from -1 to 1.
LOCK = (
    "M-0.75,-0.1H0.75V0.95H-0.75Z"
    "M-0.52,-0.1V-0.45A0.52,0.52,0,0,1,0.52,-0.45V-0.1H0.27V-0.45A0.27,0.27,0,0,0,-0.27,-0.45V-0.1Z"
)

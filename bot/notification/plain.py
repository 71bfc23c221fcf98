"""Makes a patient's text safe to show in a mail: one line, of sane length, that looks like what it is."""

from __future__ import annotations

import unicodedata

_BREAKS = ("Cc", "Cs", "Zl", "Zp")
_JOINERS = "\u200c\u200d"  # emoji of several parts and Persian words need them; they turn nothing round


def one_line(text: str, most: int) -> str:
    """The text without what could break lines, hide or turn round the words about it.

    Control characters and line breaks become spaces. Invisible format characters go, those that override the
    direction of writing among them.

    Args:
        text: What the patient wrote.
        most: The most characters of it that are kept; an ellipsis marks what was cut off.

    Returns:
        One line.
    """
    kept = []
    for sign in text:
        kind = unicodedata.category(sign)
        if kind in _BREAKS:
            kept.append(" ")
        elif kind != "Cf" or sign in _JOINERS:
            kept.append(sign)
    line = " ".join("".join(kept).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"

"""Draws the triage protocol as a picture for docs: questions, branches, answers by their care, and the ending."""

from __future__ import annotations

import hashlib
import textwrap
from collections.abc import Iterator
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from bot.safety import Disposition
from bot.triage import Protocol, Question, load_protocol
from bot.triage.load import PROTOCOL_FILE
from bot.triage.protocol import Test

PICTURE = Path("docs/images/triage.svg")

_COLOURS = {
    Disposition.EMERGENCY: "#c62828",
    Disposition.URGENT_SAME_DAY: "#e67700",
    Disposition.SEE_CLINICIAN: "#9a7d0a",
}
_PLAIN, _NO_CARE = "#546e7a", "#78909c"
_ROW, _WIDTH = 1.0, 17.0
_QUESTION, _ANSWERS = (0.2, 7.6), 8.4  # left edge and width of questions; left edge of answers


def draw(protocol: Protocol) -> Figure:
    """Draws the protocol.

    Args:
        protocol: The protocol.

    Returns:
        The figure, a row for each question from the top down, then the ending.
    """
    rows = len(protocol.questions) + 3
    figure = Figure(figsize=(_WIDTH, rows * _ROW))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, _WIDTH)
    axes.set_ylim(rows * _ROW, 0)
    axes.axis("off")
    _legend(axes)
    for number, question in enumerate(protocol.questions, start=1):
        _question(axes, protocol, number, question)
    _ending(axes, (rows - 1.9) * _ROW)
    return figure


def write(path: Path = PICTURE) -> None:
    """Writes the picture, with the digest of the protocol in it, so that a test can tell whether it is of today's."""
    with mpl.rc_context({"svg.hashsalt": "triage", "font.family": "DejaVu Sans"}):
        draw(load_protocol()).savefig(path, metadata={"Date": None, "Description": protocol_digest()})


def protocol_digest() -> str:
    """The digest of protocol.yml that the picture carries."""
    return hashlib.sha256(PROTOCOL_FILE.read_bytes()).hexdigest()


def _legend(axes: Axes) -> None:
    left = _QUESTION[0]
    for disposition, colour in _COLOURS.items():
        _box(axes, left, 0.25, 3.0, 0.45, disposition.value.replace("_", " "), colour, filled=True)
        left += 3.2


def _question(axes: Axes, protocol: Protocol, number: int, question: Question) -> None:
    """A row: the question, the condition that it is asked under, and its answers."""
    top = number * _ROW
    left, width = _QUESTION
    branch = "; ".join(_condition(protocol, test) for test in question.ask_if)
    text = textwrap.shorten(f"{number}. {question.ask}", 175, placeholder=" ...")
    label = "\n".join([*textwrap.wrap(text, 78), *textwrap.wrap(branch, 78)])
    _box(axes, left, top, width, 0.8 * _ROW, label, _PLAIN, dashed=bool(question.ask_if))
    axes.annotate(
        "", (left + width / 2, top + _ROW), (left + width / 2, top + 0.8 * _ROW), arrowprops={"arrowstyle": "-|>"}
    )
    answers = list(_answers(protocol, question))
    each = (_WIDTH - _ANSWERS - 0.2) / max(len(answers), 4)
    for place, (title, disposition) in enumerate(answers):
        colour = _COLOURS[disposition] if disposition else _NO_CARE
        title = "\n".join(textwrap.wrap(title, int(each * 8.5)))
        _box(axes, _ANSWERS + place * each, top + 0.1, each - 0.12, 0.6 * _ROW, title, colour, filled=True)


def _answers(protocol: Protocol, question: Question) -> Iterator[tuple[str, Disposition | None]]:
    """The answers of a question with the care that they point to."""
    if question.options:
        yield from ((option.says[0], option.disposition) for option in question.options)
    elif question.kind == "severity":
        least = protocol.severe.least
        yield f"0 to {least - 1}", None
        yield f"{least} or 10", protocol.severe.disposition
    else:
        yield "own words", None


def _condition(protocol: Protocol, test: Test) -> str:
    """A test in words."""
    questions = [protocol.question(slot) for slot in test.of]
    asked = " or ".join(one.topic if one else slot for one, slot in zip(questions, test.of, strict=True))
    if test.says:
        return f"only if {asked} says {', '.join(test.says[:4])} ..."
    values = ", ".join(test.among or test.not_among)
    return f"only if {asked} is {values}" if test.among else f"not if {asked} is {values}"


def _ending(axes: Axes, top: float) -> None:
    """What every path ends with."""
    steps = [
        ("an emergency answer or words\nin between end it at once", _COLOURS[Disposition.EMERGENCY]),
        ("after the last question: summary,\nsigns that fit, the care that comes next", _PLAIN),
        ("stop, later, time out, start over:\nwhat was told, and when to get help", _PLAIN),
    ]
    for place, (text, colour) in enumerate(steps):
        _box(axes, 0.2 + place * 5.6, top, 5.3, 0.6, text, colour)
        axes.annotate("", (_WIDTH / 2, top + 1.0), (2.8 + place * 5.6, top + 0.6), arrowprops={"arrowstyle": "-|>"})
    _box(
        axes,
        3.5,
        top + 1.0,
        10.0,
        0.5,
        "on every path, last of all: medical disclaimer, then handoff",
        "#0d47a1",
        filled=True,
    )


def _box(
    axes: Axes, left: float, top: float, width: float, height: float, text: str, colour: str,
    dashed: bool = False, filled: bool = False,
) -> None:  # fmt: skip
    face = colour if filled else "white"
    style = "--" if dashed else "-"
    axes.add_patch(
        FancyBboxPatch(
            (left, top), width, height, boxstyle="round,pad=0,rounding_size=0.08", fc=face, ec=colour, ls=style, lw=1.4
        )
    )
    ink = "white" if filled else "black"
    axes.text(left + width / 2, top + height / 2, text, ha="center", va="center", fontsize=9.5, color=ink)


if __name__ == "__main__":
    write()
    print(f"The picture of the protocol is {PICTURE}.")

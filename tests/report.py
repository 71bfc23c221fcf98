"""Writes measured figures into docs/evaluation.md, each kind between its own marks."""

from __future__ import annotations

from pathlib import Path

REPORT = Path("docs/evaluation.md")


def write(kind: str, measured: str) -> None:
    """Puts figures into the report.

    Args:
        kind: What the marks are called: `<!-- kind: begin -->` and `<!-- kind: end -->`.
        measured: The text between them.
    """
    begin, end = f"<!-- {kind}: begin -->", f"<!-- {kind}: end -->"
    text = REPORT.read_text(encoding="utf-8")
    head, tail = text[: text.index(begin) + len(begin)], text[text.index(end) :]
    REPORT.write_text(f"{head}\n{measured}\n{tail}", encoding="utf-8")


def share(value: float) -> str:
    """A share from 0 to 1 as a percentage."""
    return f"{value:.1%}".replace("%", " %")

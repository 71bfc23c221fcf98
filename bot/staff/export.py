"""Requests as a CSV file for a spreadsheet, which runs none of what patients wrote."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from bot.staff.pages import clinic_time, the_words
from bot.staff.requests import Line

_FORMULA = "=+@＝＋－＠-"  # the full-width ones are taken for the others where East Asian languages are set
_AT_BEGINNING = re.compile(rf"\s*[{_FORMULA}]|[\t\r\n]")
_WITHIN = re.compile(rf"([;\t\r\n][\s\"]*)(?=[{_FORMULA}])")  # a cell's beginning for who divides them at other marks
_COLUMNS = ("arrived", "status", "name", "contact", "wished", "understood", "reason", "mail", "reference")


def as_csv(lines: Sequence[Line]) -> str:
    """The lines as a CSV file, under the titles of words.yml."""
    words = the_words()
    file = io.StringIO()
    file.write("\ufeff")  # by which Excel knows UTF-8
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)
    writer.writerow([words["columns"][name] for name in _COLUMNS])
    for line in lines:
        told = {
            **vars(line),
            "arrived": clinic_time(line.arrived),
            "status": words["status"][line.status],
            "mail": words["mail"][line.mail],
        }
        writer.writerow([_harmless(told[name] or "") for name in _COLUMNS])
    return file.getvalue()


def _harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    within = _WITHIN.sub(r"\1'", cell)
    return f"'{within}" if _AT_BEGINNING.match(cell) else within

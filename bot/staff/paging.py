"""Page numbers that any address may hold, kept within what a database takes."""

from __future__ import annotations

from sqladmin import ModelView

_LAST = 100_000


class BoundedPages(ModelView):
    """sqladmin takes any number and hands it to the database, which refuses what is negative or very large."""

    def validate_page_number(self, number: str | None, default: int) -> int:
        """The number, not below its default and not above what can be."""
        return min(max(super().validate_page_number(number, default), default), _LAST)

"""The front desk's inbox: requests for a visit, notes on them, and who did what, behind a login."""

from bot.staff.app import staff_app

__all__ = ["staff_app"]

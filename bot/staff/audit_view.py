"""The audit in sqladmin: who saw and changed what, to be read and nothing else."""

from __future__ import annotations

from sqladmin import ModelView
from sqlalchemy.sql.expression import Select
from starlette.requests import Request

from bot.staff.pages import the_words
from bot.staff.paging import BoundedPages
from bot.storage.models import AuditRow


class AuditView(BoundedPages, ModelView, model=AuditRow):
    """The audit, the newest line first."""

    name = the_words()["audit"]["one"]
    name_plural = the_words()["audit"]["many"]
    can_create = False
    can_edit = False
    can_delete = False
    can_export = False
    can_view_details = False
    list_template = "audit.html"
    column_searchable_list = [AuditRow.actor, AuditRow.action, AuditRow.subject]
    page_size = 50
    page_size_options = [50]

    def sort_query(self, stmt: Select, request: Request) -> Select:
        """The newest first, whatever the address asks for."""
        return stmt.order_by(AuditRow.id.desc())

    def search_query(self, stmt: Select, term: str) -> Select:
        """Lines in which a term stands; PostgreSQL takes no NUL in one."""
        return super().search_query(stmt, term.replace("\0", ""))


AuditView.identity = "audit"  # in addresses; sqladmin would take the model's name

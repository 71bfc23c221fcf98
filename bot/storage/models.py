"""The tables, as SQLAlchemy models. Each change here needs a migration beside it."""

from __future__ import annotations

from datetime import datetime, timezone

from sqlalchemy import Column, DateTime, Integer, String
from sqlalchemy.orm import declarative_base

Base = declarative_base()


def _now() -> datetime:
    return datetime.now(timezone.utc)


class BookingRequestRow(Base):
    """A request for an appointment, as the patient confirmed it. Times are UTC."""

    __tablename__ = "booking_request"

    id = Column(Integer, primary_key=True)
    conversation_id = Column(String(255), nullable=False, unique=True)
    patient_name = Column(String(80), nullable=False)
    contact = Column(String(254), nullable=False)
    preferred_time = Column(String(200), nullable=False)
    created_at = Column(DateTime(timezone=True), nullable=False, default=_now)

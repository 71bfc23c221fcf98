"""The clinic's own facts, from one reviewed file."""

from bot.clinic.facts import Clinic, ClinicFileError, load_clinic, the_clinic

__all__ = ["Clinic", "ClinicFileError", "load_clinic", "the_clinic"]

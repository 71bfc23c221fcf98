"""The safety net: dispositions, and red flags found in what a patient types. Pure: neither Rasa nor a database."""

from bot.safety.detector import Finding, RedFlagDetector, load_red_flags, the_detector
from bot.safety.disposition import Disposition, gravest

__all__ = ["Disposition", "Finding", "RedFlagDetector", "gravest", "load_red_flags", "the_detector"]

"""The safety net: dispositions, and red flags found in what a patient types. Pure: neither Rasa nor a database.

The detector is imported from its module, so that a process that needs the dispositions alone does not load spaCy.
"""

from bot.safety.disposition import Disposition, gravest

__all__ = ["Disposition", "gravest"]

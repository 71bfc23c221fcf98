"""The topics of the article: which intents they are, what buttons call them, and what leans on their answers."""

from bot.topics.follow_ups import FIRST_OFFER, asks_to_resume, follow_up, picked
from bot.topics.titles import topic_titles

__all__ = ["FIRST_OFFER", "asks_to_resume", "follow_up", "picked", "topic_titles"]

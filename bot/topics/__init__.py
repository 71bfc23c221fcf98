"""The topics of the article: which intents they are, and what buttons call them."""

from bot.topics.titles import topic_titles

__all__ = ["topic_titles"]

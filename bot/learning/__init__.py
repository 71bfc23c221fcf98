"""Learning from examples, without Rasa and without an opinion on what is learnt."""

from bot.learning.linear import LinearClassifier, Settings

__all__ = ["LinearClassifier", "Settings"]

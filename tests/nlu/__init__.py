"""The classifier on held-out examples."""

"""The safety net on held-out wordings."""

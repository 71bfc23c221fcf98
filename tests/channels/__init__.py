"""The channels over HTTP."""

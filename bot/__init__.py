"""The library behind the assistant: one package a room (docs/architecture.md)."""

"""The booking request: its fields, its times, and its words."""

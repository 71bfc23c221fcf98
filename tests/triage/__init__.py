"""Answers to triage questions, as people give them."""

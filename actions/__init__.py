"""Rasa SDK actions: thin; each reads slots, calls bot/, and utters responses of domain.yml."""

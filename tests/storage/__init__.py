"""Tests of what is stored: conversations. Requests are in tests/unit/test_storage.py."""

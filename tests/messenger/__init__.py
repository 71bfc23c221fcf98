"""Messenger: what Meta asks for, held against a Graph API on this machine."""

"""Whole conversations over the trained model."""

"""What tests give a store."""

PATIENCE = 30.0
"""Seconds a store may take in tests: a busy machine is no failure of the store."""

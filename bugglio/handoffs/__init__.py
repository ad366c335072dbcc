"""Handoffs: whose turn begins, who had it before, when both are told, and what follows when nobody answers."""

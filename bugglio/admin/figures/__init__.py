"""Figures: how fast alerts are answered and closed, who is paged, what arrives, what it costs."""

from bugglio.admin.figures.page import blueprint

__all__ = ["blueprint"]

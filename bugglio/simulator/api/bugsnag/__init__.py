"""Bugsnag's Data Access API: an error, changes of its state, and its comments, with Bugsnag's errors."""

from bugglio.simulator.api.bugsnag.gate import refusal
from bugglio.simulator.api.bugsnag.routes import BELOW, blueprint

__all__ = ["BELOW", "blueprint", "refusal"]

"""The simulator over HTTP: Twilio's API, the page of phones, and what drives both."""

from bugglio.simulator.web.app import build

__all__ = ["build"]

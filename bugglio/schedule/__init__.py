"""Who is on duty at an instant, and from when to when; what a change to that comes to."""

from bugglio.schedule.effects import Effect, effects
from bugglio.schedule.timetable import Shift, Timetable, timetable

__all__ = ["Effect", "Shift", "Timetable", "effects", "timetable"]

"""Who is on duty at an instant, and from when to when."""

from bugglio.schedule.timetable import Shift, Timetable, timetable

__all__ = ["Shift", "Timetable", "timetable"]

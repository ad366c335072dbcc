"""
Charts as SVG, readable without colour: values stand beside what they are of, and marks and hatching tell series apart.

Colours come from the style sheet, by classes. A chart has a title and says in words what it shows; its numbers stand in
a table beside it. Everything given as text is escaped.
"""

from bugglio.admin.charts.axes import nice
from bugglio.admin.charts.elements import About
from bugglio.admin.charts.over_time import Series, columns, lines
from bugglio.admin.charts.rows import Row, bars, strips

__all__ = ["About", "Row", "Series", "bars", "columns", "lines", "nice", "strips"]

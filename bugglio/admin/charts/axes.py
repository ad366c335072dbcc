"""Where things stand in a chart over time: weeks across, values upwards from nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from bugglio.admin.charts.elements import WIDTH, Say, tag, text

LEFT, TOP, PLOT, BOTTOM = 46, 20, 120, 22
LABELS = 4
"""About so many labels stand below."""


@dataclass(frozen=True)
class Axis:
    """So many places across, and what the top stands for."""

    count: int
    top: float
    right: float
    """Room that is left free beside the plot."""

    @property
    def end(self) -> float:
        """Where the plot ends."""
        return WIDTH - self.right

    @property
    def step(self) -> float:
        """How wide a place is."""
        return (self.end - LEFT) / max(1, self.count)

    def across(self, index: int) -> float:
        """The middle of a place."""
        return LEFT + self.step * (index + 0.5)

    def height(self, value: float) -> float:
        """How far down a value lies."""
        return TOP + PLOT * (1 - min(value, self.top) / self.top)

    def grid(self, say: Say) -> Markup:
        """Lines at nothing, at half and at the whole, each with what it stands for."""
        drawn = []
        for value in (0, self.top / 2, self.top):
            y = self.height(value)
            drawn.append(tag("line", x1=LEFT, x2=self.end, y1=y, y2=y, class_="grid"))
            drawn.append(text(LEFT - 5, y + 3.5, say(value) if value else "0", "end", "soft"))
        return tag("g", *drawn)

    def below(self, labels: Sequence[str]) -> Markup:
        """As many labels as there is room for, the last one among them."""
        each = -(-len(labels) // LABELS)
        shown = [index for index in range(len(labels)) if (len(labels) - 1 - index) % each == 0]
        y = TOP + PLOT + 15
        return tag("g", *(text(self.across(one), y, labels[one], "middle", "soft") for one in shown))


def nice(most: float, steps: Sequence[float] = ()) -> float:
    """The top of an axis: the first of these steps that is enough, else one, two or five times a power of ten."""
    for step in steps:
        if step >= most:
            return step
    ten = 1.0
    while ten * 10 < most:
        ten *= 10
    return next((ten * times for times in (1, 2, 5, 10) if ten * times >= most), ten)

"""The roster file: YAML to a book and back, every fault with its line, and what differs between two books."""

from bugglio.rosterfile.comparing import differences
from bugglio.rosterfile.faults import Fault, Faults
from bugglio.rosterfile.reading import Read, read
from bugglio.rosterfile.samples import samples
from bugglio.rosterfile.writing import write

__all__ = ["Fault", "Faults", "Read", "differences", "read", "samples", "write"]

"""The roster file: YAML to a book and back, every fault with its line, and what differs between two books."""

from bugglio.rosterfile.checking import Checked, Path, Placed, check, place_of
from bugglio.rosterfile.comparing import differences
from bugglio.rosterfile.edits import Edit, Lost, NoEdits, edited, edits
from bugglio.rosterfile.faults import Fault, Faults
from bugglio.rosterfile.plain import Tree, text_of, tree_of
from bugglio.rosterfile.reading import Read, read
from bugglio.rosterfile.samples import sample, samples
from bugglio.rosterfile.writing import write

__all__ = [
    "Checked",
    "Edit",
    "Fault",
    "Faults",
    "Lost",
    "NoEdits",
    "Path",
    "Placed",
    "Read",
    "Tree",
    "check",
    "differences",
    "edited",
    "edits",
    "place_of",
    "read",
    "sample",
    "samples",
    "text_of",
    "tree_of",
    "write",
]

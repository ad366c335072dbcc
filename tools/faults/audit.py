"""Counts what must not have happened, from what arrived and what is stored: each kind of it as sentences."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tools.faults import stuck
from tools.faults.asking import unasked
from tools.faults.closings import mistold
from tools.faults.evidence import Evidence, Fields
from tools.faults.sent import doubles, unsent
from tools.faults.traces import counted_twice, forgotten, lost, surplus, twins
from tools.faults.traps import AFTER, FREEZE, KILL, KILL_ALL, LOSE

DOUBT = 90.0
"""Seconds after which somebody else may send what a frozen process was about to write."""


@dataclass(frozen=True)
class Findings:
    """What was found; the first seven have to be empty."""

    lost: Sequence[str]
    """Webhooks of Bugsnag's, and texts from phones, answered 2xx that left no trace."""
    unsent: Sequence[str]
    """Pages due and never sent."""
    doubled: Sequence[str]
    """Texts that arrived twice."""
    stuck: Sequence[str]
    """Alerts and pages without a next moment."""
    twins: Sequence[str]
    """Errors with more than one alert."""
    surplus: Sequence[str]
    """Events stored that nobody sent."""
    mistold: Sequence[str]
    """Closings that left nothing for the figures, or left it twice."""
    frozen_writes: Sequence[str]
    """Texts that arrived twice because a process stood still inside the one write: the named exception."""
    counted_twice: int
    """Events counted twice because the answer to a blind count was lost."""

    @property
    def faults(self) -> Mapping[str, Sequence[str]]:
        """What must not be, by its name in the table."""
        return {
            "webhooks answered 2xx that left no trace": self.lost,
            "pages due and never sent": self.unsent,
            "texts that arrived twice": self.doubled,
            "alerts stuck without a next moment": self.stuck,
            "errors with a doubled alert": self.twins,
            "events stored that nobody sent": self.surplus,
            "closings not left to the figures once": self.mistold,
        }

    @property
    def good(self) -> bool:
        """Whether there is nothing of that."""
        return not any(self.faults.values())


def audit(evidence: Evidence) -> Findings:
    """Look at all of it."""
    twice = list(doubles(evidence))
    frozen = {one["page"] for one in evidence.deeds if is_frozen_write(one)} - {""}
    return Findings(
        lost=[*lost(evidence), *forgotten(evidence)],
        unsent=[*unsent(evidence), *unasked(evidence)],
        doubled=[said for page, said in twice if page not in frozen],
        stuck=[*stuck.alerts(evidence), *stuck.pages(evidence)],
        twins=list(twins(evidence)),
        surplus=list(surplus(evidence)),
        mistold=list(mistold(evidence)),
        frozen_writes=[said for page, said in twice if page in frozen],
        counted_twice=counted_twice(evidence),
    )


def is_frozen_write(deed: Fields) -> bool:
    """Whether a process stood still inside the one write for so long that the page was sent by another."""
    return bool(deed["deed"] == FREEZE and deed["step"].endswith(f"write {AFTER}") and deed["seconds"] > DOUBT)


def kills(evidence: Evidence) -> Counter[str]:
    """How often a process was killed at each step."""
    return Counter(one["step"] for one in evidence.deeds if one["deed"] in (KILL, KILL_ALL))


def lost_answers(evidence: Evidence) -> int:
    """How many answers to commits were lost after they were applied, by traps alone."""
    return sum(one["deed"] == LOSE and " call " not in one["step"] for one in evidence.deeds)

"""What a run came to, as one table."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.faults.audit import Findings, is_frozen_write, kills, lost_answers
from tools.faults.causes import by_cause
from tools.faults.counts import by_alert
from tools.faults.enough import lacking, unreached
from tools.faults.evidence import Evidence
from tools.faults.plan import Plan
from tools.faults.sent import is_emergency
from tools.faults.traps import FREEZE

Row = tuple[str, ...]


@dataclass(frozen=True)
class Result:
    """One run, and what was found."""

    plan: Plan
    evidence: Evidence
    findings: Findings
    folder: Path

    @property
    def lacking(self) -> Sequence[str]:
        """What happened too little for the counts to mean anything."""
        return list(lacking(self.plan, self.evidence))

    @property
    def good(self) -> bool:
        """Whether enough happened, and nothing that must not."""
        return self.findings.good and not self.lacking


def rows(results: Sequence[Result]) -> list[Row]:
    """Lines of name and figures, one figure for each run; empty ones part the table."""
    return [
        ("", *(one.plan.engine for one in results)),
        ("seed", *(str(one.plan.seed) for one in results)),
        *_figures(results, [_faults(one) for one in results]),
        ("",),
        *_figures(results, [_apart(one) for one in results]),
        ("",),
        *_figures(results, [_bounds(one) for one in results]),
        ("",),
        *_figures(results, [_done(one) for one in results]),
        ("",),
        *_figures(results, [by_cause(one.evidence) for one in results]),
        ("",),
        *_figures(results, [_unreached(one) for one in results]),
        ("",),
        *_figures(results, [_kills(one) for one in results]),
    ]


def plain(lines: Sequence[Row]) -> str:
    """The table for a terminal."""
    wide = max(len(line[0]) for line in lines)
    return "\n".join(line[0].ljust(wide) + "".join(cell.rjust(12) for cell in line[1:]) for line in lines)


def markdown(lines: Sequence[Row]) -> str:
    """The table for a page."""
    head, *rest = [line for line in lines if line != ("",)]
    texts = [_cells(head), _cells(tuple("---" if n == 0 else "---:" for n in range(len(head)))), *map(_cells, rest)]
    return "\n".join(texts)


def _cells(line: Row) -> str:
    return f"| {' | '.join(line)} |"


def _figures(results: Sequence[Result], figures: Sequence[Mapping[str, int]]) -> list[Row]:
    names = dict.fromkeys(name for some in figures for name in some)
    return [(name, *(str(figures[n].get(name, 0)) for n in range(len(results)))) for name in names]


def _faults(one: Result) -> Mapping[str, int]:
    return {name: len(found) for name, found in one.findings.faults.items()}


def _apart(one: Result) -> Mapping[str, int]:
    """The named exceptions of P2, and what the design lets double."""
    refused = [hook for hook in one.evidence.webhooks if hook.status == 503]
    return {
        "exception: webhooks answered 503, not stored": len(refused),
        "exception: texts straight to the last resort": sum(map(is_emergency, one.evidence.arrivals)),
        "exception: processes frozen inside the one write": sum(map(is_frozen_write, one.evidence.deeds)),
        "exception: texts that arrived twice by that": len(one.findings.frozen_writes),
        "events counted twice (a blind count's answer was lost)": one.findings.counted_twice,
    }


def _bounds(one: Result) -> Mapping[str, int]:
    """How exactly it is known that each event is counted."""
    counts = [count for _, count in by_alert(one.evidence)]
    bounded = [count for count in counts if not count.exact]
    return {
        "alerts on which exactly one number of events is right": len(counts) - len(bounded),
        "events on these": sum(count.stored for count in counts if count.exact),
        "alerts whose events have bounds": len(bounded),
        "events on these that must be counted": sum(len(count.sure) for count in bounded),
        "events on these that may be or not (unanswered, mostly)": sum(len(count.either) for count in bounded),
        "of them, counted in the end": sum(count.extra for count in bounded),
        "unanswered webhooks that left a line": sum(not hook.taken for count in counts for hook in count.sure),
    }


def _done(one: Result) -> Mapping[str, int]:
    """How much was asked and answered."""
    hooks, arrivals, deeds = one.evidence.webhooks, one.evidence.arrivals, one.evidence.deeds
    return {
        "webhooks": len(hooks),
        "of them answered 2xx": sum(hook.taken for hook in hooks),
        "of them without an answer": sum(hook.status == 0 for hook in hooks),
        "alerts": len(one.evidence.alerts),
        "pages": len(one.evidence.pages),
        "texts from phones that were answered": len(one.evidence.answered),
        "texts that Twilio took": sum(not arrival.spoken for arrival in arrivals),
        "calls that Twilio took": sum(arrival.spoken for arrival in arrivals),
        "calls of the tick": one.evidence.ticks,
        **({} if one.evidence.ticked is None else {"of them answered 2xx within 30 s": one.evidence.ticked}),
        "processes frozen": sum(deed["deed"] == FREEZE for deed in deeds),
        "answers to commits lost by traps": lost_answers(one.evidence),
        "kills": sum(kills(one.evidence).values()),
    }


def _unreached(one: Result) -> Mapping[str, int]:
    """Steps that nobody came to while a trap lay there, and how many traps were planned."""
    planned = Counter(trap.step for trap in one.plan.traps)
    return {f"not reached, traps planned: {step}": planned[step] for step in unreached(one.plan, one.evidence)}


def _kills(one: Result) -> Mapping[str, int]:
    counted: Counter[str] = kills(one.evidence)
    return {f"killed at: {step}": counted[step] for step in sorted(counted)}

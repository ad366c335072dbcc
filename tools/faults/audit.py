"""Counts what must not have happened, from what arrived and what is stored: four kinds of it, each as sentences."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from tools.faults.evidence import Arrival, Evidence, Fields, Webhook
from tools.faults.people import LAST_RESORT, NAG
from tools.faults.traps import AFTER, FREEZE, KILL, KILL_ALL, LOSE

OPEN_PAGES = ("waiting", "sending")
WENT_OUT = ("accepted", "sent", "delivered")
GRACE = 60_000
"""Milliseconds: what has been due for so long although ticks come all the time is stuck."""
MOMENT = 1_000
"""The clocks of whoever posts and of the store are the same machine's, but are not read at the same instant."""
ENTRIES = 100
"""So long a timeline is at most."""
UNOWNED = (((LAST_RESORT,), NAG * 60_000),)
"""The steps of what belongs to no team."""
EMERGENCY = "bugglio cannot reach its store"
"""How the text begins that needs no store."""
COUNTING = ("exception", "reopened")
"""Triggers each of which counts once on an alert that is open."""
DOUBT = 90.0
"""Seconds after which somebody else may send what a frozen process was about to write."""


@dataclass(frozen=True)
class Findings:
    """What was found; the first four have to be empty."""

    lost: Sequence[str]
    """Webhooks answered 2xx that left no trace."""
    unsent: Sequence[str]
    """Pages due and never sent."""
    doubled: Sequence[str]
    """Texts that arrived twice."""
    stuck: Sequence[str]
    """Alerts and pages without a next moment."""
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
        }

    @property
    def good(self) -> bool:
        """Whether there is nothing of that."""
        return not any(self.faults.values())


def audit(evidence: Evidence) -> Findings:
    """Look at all of it."""
    doubles = list(_doubles(evidence))
    frozen = {one["page"] for one in evidence.deeds if _is_frozen_write(one)}
    traces = Traces(evidence)
    return Findings(
        lost=list(traces.lost()),
        unsent=[*_unsent(evidence), *_unasked(evidence)],
        doubled=[said for page, said in doubles if page not in frozen],
        stuck=[*_stuck_alerts(evidence), *_stuck_pages(evidence)],
        frozen_writes=[said for page, said in doubles if page in frozen],
        counted_twice=traces.counted_twice(),
    )


class Traces:
    """Where each webhook left its trace."""

    def __init__(self, evidence: Evidence) -> None:
        """Sort them by what they are about."""
        self._evidence = evidence
        self._alerts = {(one["project"], one.get("error_id", "")): one for one in evidence.alerts.values()}

    @cached_property
    def _hooks(self) -> Mapping[tuple[str, str], Sequence[Webhook]]:
        found: dict[tuple[str, str], list[Webhook]] = defaultdict(list)
        for one in self._evidence.webhooks:
            found[one.project, one.error].append(one)
        return found

    def lost(self) -> Iterator[str]:
        """What was answered 2xx and is nowhere."""
        for about, hooks in self._hooks.items():
            alert, name = self._alerts.get(about), " ".join(filter(None, about))
            taken = [one for one in hooks if one.taken]
            yield from _unrecorded(name, taken, self._recorded(about))
            on_alert = [one for one in taken if one.outcome != "recorded"]
            if alert is None:
                yield from (f"{name}: webhook {one.n} was {one.outcome}, and there is no alert" for one in on_alert)
                continue
            missing = len(_counting(on_alert, alert)) - alert["events"]
            if missing > 0:
                yield f"{name}: {missing} of the events answered 2xx are not counted"
            changes = [one for one in on_alert if one.outcome == "opened" or one.trigger not in COUNTING]
            yield from (
                f"{name}: webhook {one.n} ({one.trigger}) left no line" for one in changes if not _line(alert, one)
            )

    def counted_twice(self) -> int:
        """Events more than there were webhooks, on alerts that never began anew."""
        return sum(
            max(0, alert["events"] - sum(one.trigger in COUNTING for one in self._hooks.get(about, ())))
            for about, alert in self._alerts.items()
            if not _began_anew(alert, self._hooks.get(about, ()))
        )

    def _recorded(self, about: tuple[str, str]) -> int:
        return sum(
            one["count"] for one in self._evidence.unrouted if (one["project"], one.get("error_id", "")) == about
        )


def _unrecorded(name: str, taken: Iterable[Webhook], count: int) -> Iterator[str]:
    missing = sum(one.outcome == "recorded" for one in taken) - count
    if missing > 0:
        yield f"{name}: {missing} of the events answered as recorded are not in `unrouted`"


def _counting(taken: Sequence[Webhook], alert: Fields) -> list[Webhook]:
    """Those that must be on the alert's count: of one that began anew, those since."""
    counting = [one for one in taken if one.trigger in COUNTING]
    if not _began_anew(alert, taken):
        return counting
    return [one for one in counting if one.sent * 1000 > alert["opened"]]


def _began_anew(alert: Fields, hooks: Sequence[Webhook]) -> bool:
    lines = alert["timeline"]
    closed = any(one["what"].startswith("closed") for one in lines)
    return closed or len(lines) >= ENTRIES or sum(one.outcome == "opened" for one in hooks) > 1


def _line(alert: Fields, hook: Webhook) -> bool:
    """Whether the timeline has a line of the moment in which this webhook was dealt with, or had to forget it."""
    since, until = hook.sent * 1000 - MOMENT, hook.answered * 1000 + MOMENT
    lines = alert["timeline"]
    return any(since <= one["at"] <= until for one in lines) or (len(lines) >= ENTRIES and lines[0]["at"] > since)


def _unsent(evidence: Evidence) -> Iterator[str]:
    """Pages of before the calm that neither went out nor say why not."""
    taken = {one.page for one in evidence.arrivals}
    for key, page in evidence.pages.items():
        fault = _fault(evidence, key, page, taken)
        if fault:
            yield f"page {key} to {page['to']}: {fault}"


def _fault(evidence: Evidence, key: str, page: Fields, taken: set[str]) -> str:
    match page["state"]:
        case "waiting" | "sending" as state if page["created"] < evidence.calm_since:
            return f"still {state}"
        case "accepted" | "sent" | "delivered" if key not in taken:
            return "is said to have gone out, and Twilio never took it"
        case "failed" | "dropped" if not page.get("cause"):
            return f"{page['state']} without a cause"
        case "digested" if page.get("digest") not in evidence.pages:
            return "went into a digest that is not there"
        case _:
            return ""


def _unasked(evidence: Evidence) -> Iterator[str]:
    """People whom a team's steps ask and who were not asked in time, without a word why; pages decided, never made."""
    for key, alert in evidence.alerts.items():
        lines = [one for one in alert["timeline"] if one["at"] < evidence.at - MOMENT]
        name = f"alert {alert.get('code')} ({key})"
        steps = evidence.steps.get(alert["team"], UNOWNED)
        for place, line in enumerate(lines):
            if line["what"] == "opened":
                yield from (f"{name}: {who} was not paged" for who in _not_asked(steps[0][0], lines[place:]))
            if line["what"] in ("page", "call") and line["page"] not in evidence.pages and not _undone(lines[place:]):
                yield f"{name}: the {line['what']} to {line['who']} was decided and never made"
        late = _late(steps, alert, lines, evidence.at)
        if late:
            yield f"{name}: {late}"


def _not_asked(people: Sequence[str], lines: Sequence[Fields]) -> list[str]:
    """Who of the first step is not named in the lines of the moment at which an alert was opened: the first of them."""
    now = [one for one in lines if one["at"] == lines[0]["at"]]
    if any(one["what"].startswith(("not paged", "step 1", "closed", "snoozed")) for one in now):
        return []
    paged = {one["who"] for one in now if one["what"] == "page"}
    return [who for who in people if who not in paged]


def _late(steps: Sequence[tuple[Sequence[str], int]], alert: Fields, lines: Sequence[Fields], now: int) -> str:
    """Which step came late, or not at all, of an alert that nobody has touched since it was opened."""
    if not lines or lines[0]["what"] != "opened" or alert.get("stood") or not all(map(_by_itself, lines)):
        return ""
    at = lines[0]["at"]
    for number, ((_, wait), (people, _)) in enumerate(pairwise(steps), 2):
        latest = at + wait + GRACE
        asked = [one["at"] for one in lines if at < one["at"] and _asks(one, people)]
        if not asked or asked[0] > latest:
            return f"step {number} was due within {wait // 1000} s and did not come" if latest < now else ""
        at = asked[0]
    return ""


def _by_itself(line: Fields) -> bool:
    """Whether a line tells of what the clock does, rather than of what somebody did."""
    return bool(line["what"] in ("opened", "page", "call", "goes on") or line["what"].startswith("step "))


def _asks(line: Fields, people: Sequence[str]) -> bool:
    return (line["what"] == "page" and line["who"] in people) or bool(line["what"].startswith("step "))


def _undone(lines: Sequence[Fields]) -> bool:
    """Whether the same commit took back what the first of these lines says."""
    now = [one["what"] for one in lines if one["at"] == lines[0]["at"]]
    return any(what.startswith(("closed", "snoozed", "acknowledged", "opened", "triggered again")) for what in now)


def _doubles(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """Pages that arrived more than once, each with a sentence; the emergency's text has no page."""
    there = [one for one in evidence.arrivals if one.arrived and not is_emergency(one)]
    pages = Counter(one.page for one in there)
    yield from ((page, f"page {page} arrived {times} times") for page, times in pages.items() if page and times > 1)
    texts = Counter((one.to, one.body) for one in there if not one.spoken)
    for one in {(one.to, one.body): one for one in there if pages[one.page] == 1}.values():
        times = texts[one.to, one.body]
        if times > 1:
            yield one.page, f"{one.to} had {times} times: {one.body}"


def is_emergency(arrival: Arrival) -> bool:
    """Whether it is the text that goes straight to the last resort when the store cannot be reached."""
    return arrival.body.startswith(EMERGENCY)


def _is_frozen_write(deed: Fields) -> bool:
    """Whether a process stood still inside the one write for so long that the page was sent by another."""
    return bool(deed["deed"] == FREEZE and deed["step"].endswith(f"write {AFTER}") and deed["seconds"] > DOUBT)


def _stuck_alerts(evidence: Evidence) -> Iterator[str]:
    for key, alert in evidence.alerts.items():
        name = f"alert {alert.get('code')} ({key}), {alert['state']}"
        if alert["state"] == "closed":
            continue
        if "due_at" not in alert or (alert["state"] == "triggered" and "next_at" not in alert):
            yield f"{name}, has no next moment"
        elif alert["due_at"] < evidence.at - GRACE:
            yield f"{name}, has been due for {(evidence.at - alert['due_at']) // 1000} s"
        if not alert.get("code") or "open" not in alert:
            yield f"{name}, has no code or is in no list"


def _stuck_pages(evidence: Evidence) -> Iterator[str]:
    for key, page in evidence.pages.items():
        name = f"page {key} to {page['to']}, {page['state']}"
        if page["state"] in OPEN_PAGES:
            if "due_at" not in page:
                yield f"{name}, has no next moment"
            elif page["due_at"] < evidence.at - GRACE:
                yield f"{name}, has been due for {(evidence.at - page['due_at']) // 1000} s"
        elif "due_at" in page and page["state"] != "failed":
            yield f"{name}, is over, and due all the same"


def kills(evidence: Evidence) -> Counter[str]:
    """How often a process was killed at each step."""
    return Counter(one["step"] for one in evidence.deeds if one["deed"] in (KILL, KILL_ALL))


def lost_answers(evidence: Evidence) -> int:
    """How many answers to commits were lost after they were applied, by traps alone."""
    return sum(one["deed"] == LOSE and " call " not in one["step"] for one in evidence.deeds)

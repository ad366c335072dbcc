"""How bugglio answers a text: the wording of what changed, what is open, and what it has to ask."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from bugglio import wording
from bugglio.alert import ACKNOWLEDGED, CLOSED, MANUAL, SNOOZED, TRIGGERED, Alert
from bugglio.deeds import Order
from bugglio.gsm import cut, segments, septets, to_gsm
from bugglio.roster import DAY, HOUR, MINUTE
from bugglio.standing import Duty, is_all_well

DONE = {
    "ack": "Acked",
    "close": "Closed",
    "fix": "Fixed",
    "ignore": "Ignored",
    "snooze": "Snoozed",
    "reopen": "Reopened",
    "escalate": "Escalated",
    "pass": "Passed",
    "note": "Noted on",
}
UPSTREAM = frozenset({"fix", "ignore", "snooze", "reopen", "note"})
"""Words that Bugsnag hears of too."""
SLOW = "here; Bugsnag is slow, I will tell it"
ALONE = "here only: no BUGSNAG_AUTH_TOKEN"
LIST_ROOM = 2 * wording.PART
HISTORY_ROOM = 3 * wording.PART
LINE_ROOM = 120
"""Of a line of a timeline no more is told."""
NAMED = 3
"""So many alerts are named one by one."""
WIDTHS = tuple(range(30, 7, -2))
"""To how many septets a class, a project, a context or a person's name is cut: no shorter than the segments need."""
_NAMESPACE = re.compile(r".*(?:::|\\|\.(?=[A-Za-z]))(?=.)", re.DOTALL)
"""What stands before the last part of a class: `ActiveRecord::`, `java.io.`."""
LEAST = 40
"""The text of an alert is not cut below this before its details take another segment."""


@dataclass(frozen=True)
class Reader:
    """Who is answered, and when."""

    who: str
    now: int
    names: Mapping[str, str] | None = None
    """Of a page, which has room for them: engineers' names by their ids. What else is open is seen there."""

    def person(self, who: str | None, width: int = WIDTHS[0]) -> str:
        """Somebody as this reader is told of them."""
        name = (self.names or {}).get(who or "", who or "")
        return "you" if who == self.who else cut(to_gsm(name), width)

    def ago(self, then: int | None) -> str:
        """How long ago, in the largest whole unit."""
        return ago(then, self.now)


@dataclass(frozen=True)
class Acted:
    """What a text did."""

    order: Order
    changed: Sequence[Alert] = ()
    unchanged: Sequence[Alert] = ()
    unknown: Sequence[int] = ()
    others: int = 0
    """How many alerts are open besides."""
    paged: Sequence[str] = ()
    """Who is paged by it."""
    foreign: Sequence[Alert] = ()
    """Other teams' alerts, which stay as they are."""
    before: Sequence[Alert] = ()
    """Those that were changed, as they were."""


def name(alert: Alert, width: int = 24) -> str:
    """An alert in an answer: `417 TypeError checkout-api`."""
    return " ".join(filter(None, (str(alert.code), _class(alert, width), cut(to_gsm(alert.project), width))))


def short(alert: Alert, width: int = 24) -> str:
    """An alert in a question: `417 TypeError cart`."""
    where = cut(to_gsm(alert.context or alert.project), width)
    return " ".join(filter(None, (str(alert.code), _class(alert, width), where)))


def _class(alert: Alert, width: int) -> str:
    """An alert's class; one that is too long loses its namespace first."""
    whole = to_gsm(alert.title)
    plain = alert.kind == MANUAL or septets(whole) <= width
    return cut(whole if plain else _NAMESPACE.sub("", whole), width) or alert.kind


def _sentence(text: str) -> str:
    """The text with one full stop at its end, or the dots of what was cut."""
    return text if text.endswith(".") else f"{text}."


def _fitted(make: Callable[[int], str]) -> str:
    """What is made with names cut to a width: as few segments as can be, and in them the widest names."""
    made = [to_gsm(make(width)) for width in WIDTHS]
    fewest = min(map(segments, made))
    return next(text for text in made if segments(text) == fewest)


def ago(then: int | None, now: int) -> str:
    """How long ago, in the largest whole unit."""
    span = max(0, now - (now if then is None else then))
    for unit, letter in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if span >= unit:
            return f"{span // unit} {letter} ago"
    return "just now"


def left(count: int, more: str = "") -> str:
    """What is open; with `more`, besides what was named."""
    return f"{count} {more}open: list" if count else f"Nothing {'else ' if more else ''}open."


def acted(what: Acted, reader: Reader) -> str:
    """What was changed, what had become of the rest before, and what else is open."""
    more = "more " if what.changed or what.unchanged or what.foreign else ""
    tail = left(what.others, more) if reader.names is None else ""

    def made(width: int) -> str:
        foreign = _foreign(what.foreign)
        return " ".join(filter(None, (_changed(what, reader, width), *_unchanged(what, reader, width), foreign, tail)))

    return _fitted(made)


def _pairs(what: Acted) -> list[tuple[Alert, Alert | None]]:
    """What was changed, and as it was before."""
    return list(zip_longest(what.changed, what.before[: len(what.changed)]))


def _had(before: Alert | None, reader: Reader) -> str:
    """Who else had acknowledged it."""
    if before is None or before.held_by in (None, reader.who):
        return ""
    return f" ({_became(before, reader)})"


def _changed(what: Acted, reader: Reader, width: int) -> str:
    if not what.changed:
        return ""
    named = _named([name(alert, width) + _had(before, reader) for alert, before in _pairs(what)])
    how = " ".join(filter(None, (_how(what), _upstream(what))))
    return _sentence(" ".join(filter(None, (DONE[what.order.verb], named, how))))


def _how(what: Acted) -> str:
    order = what.order
    if order.verb == "snooze":
        return order.text
    if order.verb == "pass" and order.to is not None:
        return ", ".join(filter(None, (f"to {order.to.name}", order.text)))
    return f"(paged: {', '.join(what.paged)})" if what.paged else ""


def _upstream(what: Acted) -> str:
    """What Bugsnag knows of it so far."""
    if what.order.verb not in UPSTREAM:
        return ""
    if not what.order.upstream:
        return ALONE
    return SLOW if any(alert.errands for alert in what.changed) else ""


def told(answer: str, refused: str = "") -> str:
    """The answer once Bugsnag has done what it was asked for, or has refused it."""
    end = f"here. Bugsnag refused it: {refused}" if refused else ""
    return answer.replace(f" {SLOW}", f" {end}".rstrip())


def _foreign(alerts: Sequence[Alert]) -> str:
    named = [f"{alert.code} is team {alert.team}'s" for alert in alerts[:NAMED]]
    return f"Nothing changed: {', '.join(named)}, not yours." if named else ""


def say_which(verb: str, rest: str) -> str:
    """What is missing where an alert is never guessed."""
    return f"Nothing changed. Say which: {' '.join(filter(None, (verb, '417', rest)))}"


def taken_back(verb: str, back: Sequence[Alert], stay: Sequence[Alert], covers: int, reader: Reader) -> str:
    """What `undo` has done, and what others have changed since, so that it stays."""
    if covers:
        return f"Took back: {verb}."

    def made(width: int) -> str:
        named = [f"{name(alert, width)} ({_became(alert, reader, width)})" for alert in back]
        kept = [f"{name(alert, width)} was changed since, and stays {_became(alert, reader, width)}." for alert in stay]
        start = _sentence(f"Took back {verb}: {_named(named)}") if named else "Nothing taken back."
        return " ".join((start, *kept[:NAMED]))

    return _fitted(made)


def _unchanged(what: Acted, reader: Reader, width: int) -> list[str]:
    said = [
        f"{name(alert, width)} {'is' if alert.state == TRIGGERED else 'was'} {_became(alert, reader, width)}."
        for alert in what.unchanged[:NAMED]
    ]
    if len(what.unchanged) > NAMED:
        said.append(f"{len(what.unchanged) - NAMED} more had been settled.")
    return [*said, no_such(what.unknown)]


def no_such(codes: Sequence[int]) -> str:
    """That these codes name nothing; empty without any."""
    return f"{_named([str(code) for code in codes])}: no such alert." if codes else ""


def _named(names: Sequence[str], beyond: int = 0) -> str:
    """The first names, and how many more there are, some of them `beyond` these."""
    rest = max(0, len(names) - NAMED) + beyond
    return ", ".join(names[:NAMED]) + (f" and {rest} more" if rest > 0 else "")


def _is_quiet(alert: Alert) -> bool:
    """Whether a rule, rather than anybody, has seen to it that nobody is paged."""
    return alert.rule != "" and alert.acknowledged_by is None


def _became(alert: Alert, reader: Reader, width: int = WIDTHS[0]) -> str:
    """What somebody made of an alert, and when."""
    if _is_quiet(alert):
        rule, _, what = alert.rule.partition(": ")
        return f"{what} by {rule}" if alert.held is not None else f"left to the digest by {rule}"
    if alert.quiet_until is not None:
        return f"left to {_possessive(reader.person(alert.acknowledged_by, width))} quiet"
    if alert.state == ACKNOWLEDGED:
        by = reader.person(alert.acknowledged_by, width)
        return f"acked by {by} {reader.ago(alert.acknowledged_at)}"
    if alert.state == CLOSED:
        by = f" by {person}" if (person := reader.person(alert.closed_by, width)) else ""
        how = "closed" if alert.how in ("by hand", None) else f"closed ({alert.how})"
        return f"{how}{by} {reader.ago(alert.closed_at)}"
    return alert.state


def _possessive(person: str) -> str:
    return "your" if person == "you" else f"{person}'s"


def opened(alert: Alert, paged: Sequence[str], others: int) -> str:
    """The answer to what was opened by hand; `others` are open besides."""
    people = _named([cut(to_gsm(name), WIDTHS[0]) for name in paged])
    return f"Opened {alert.code} for {alert.team} (paged: {people}). {left(others, 'more ')}"


def did_you_mean(text: str, before: str = "") -> str:
    """The question about a text that is nearly a command; `before` it may be said what is not there."""
    end = "? Reply ok"
    start = " ".join(filter(None, (cut(to_gsm(before), 2 * WIDTHS[0]), "Did you mean")))
    return f"{start} {cut(to_gsm(text), wording.ONE - septets(f'{start} {end}'))}{end}"


def verified(name: str, count: int) -> str:
    """The answer to somebody new who has replied to the welcome."""
    return wording.cut_to_one(f"Thank you, {cut(to_gsm(name), WIDTHS[0])}: pages will reach you here. {left(count)}")


def which(alerts: Sequence[Alert], begun: Sequence[str] = (), beyond: int = 0) -> str:
    """
    A question that a number, or `all`, answers; what is no alert is numbered from 1 on, and comes first.

    With so many `beyond` the alerts that `all` could mean, it is no answer: there is the list.
    """
    numbered = "".join(f"{number} {what}, " for number, what in enumerate(begun, 1))

    def made(width: int) -> str:
        named = _named([short(alert, width) for alert in alerts], beyond)
        question = _sentence(f"Which? {numbered}{named}".rstrip(", "))
        return f"{question} Reply a number or {'list' if beyond else 'all'}"

    return _fitted(made)


def close_all(alerts: Sequence[Alert]) -> str:
    """The question before many alerts are closed."""
    return _fitted(lambda width: f"Close all {len(alerts)}: {_shorts(alerts, width)}? Reply ok or no")


def _shorts(alerts: Sequence[Alert], width: int) -> str:
    return _named([short(alert, width) for alert in alerts])


def ack_all(count: int) -> str:
    """The question after a digest."""
    return f"Ack all {count}? Reply ok, or ack with a number"


def listed(alerts: Sequence[Alert], reader: Reader, start: str = "", end: str = ". Reply more") -> tuple[str, int]:
    """As many alerts as two segments hold, and how many that are; `start` comes first, `end` if some are left out."""
    text = start
    for told, alert in enumerate(alerts):
        line = ("; " if told else "") + _line(alert, reader)
        last = told + 1 == len(alerts)
        if told and septets(text + line + ("" if last else end)) > LIST_ROOM:
            return text + end, told
        text += line
    return text, len(alerts)


def _line(alert: Alert, reader: Reader) -> str:
    state = {ACKNOWLEDGED: f", acked by {reader.person(alert.acknowledged_by)}", SNOOZED: ", snoozed"}
    since = reader.ago(alert.opened).removesuffix(" ago")
    untold = _is_quiet(alert) or alert.quiet_until is not None
    stands = f", {_became(alert, reader)}" if untold else state.get(alert.state, "")
    return f"{name(alert)} x{alert.counted}, {since}{stands}"


def newest(start: str, lines: Sequence[str]) -> str:
    """As many lines as three segments hold, the newest last; the oldest are left out."""
    room, kept = HISTORY_ROOM - septets(to_gsm(start)), list[str]()
    for line in reversed(lines):
        short = cut(to_gsm(line), LINE_ROOM)
        if septets("; ".join((*kept, short))) + septets("...; ") > room:
            return f"{start}{'; '.join(('...', *reversed(kept)))}"
        kept.append(short)
    return f"{start}{'; '.join(reversed(kept))}"


def details(alert: Alert, template: str, reader: Reader) -> str:
    """All about one alert, with Bugsnag's link."""
    page = wording.page(alert.code, template.replace("{error.url}", ""), alert.said, alert.why)
    happened = f"{alert.counted} events" if alert.counted != 1 else "1 event"
    state = f"{happened}, opened {reader.ago(alert.opened)}, {_stands(alert, reader)}."
    rest = " ".join(filter(None, (state, to_gsm(alert.url.partition("?")[0]))))
    text = page.removesuffix(f"Reply ack {alert.code}").rstrip(" .")
    room = max(LEAST, LIST_ROOM - septets(f". {rest}"))
    return f"{cut(text, room)}. {rest}"


def _stands(alert: Alert, reader: Reader) -> str:
    waits = ", ".join(reader.person(who) for who in alert.waits_for)
    return f"waits for {waits}" if waits and alert.is_open else _became(alert, reader)


def not_understood(alerts: Sequence[Alert], count: int) -> tuple[str, int]:
    """The answer to what means nothing, and how many alerts it names of so many that are open."""
    seen = alerts[:2]

    def made(width: int) -> str:
        named = ", ".join(f"{alert.code} {_class(alert, width)}" for alert in seen)
        more = f" and {count - len(seen)} more" if count > len(seen) else ""
        text = _sentence(f"Open: {named}{more}") if alerts else "Nothing open."
        return f"Nothing changed: not understood. {text} Text ack, close, list, commands."

    return _fitted(made), len(seen)


def status(count: int, waiting: int, trouble: str, on_duty: Duty, reader: Reader, besides: Sequence[str] = ()) -> str:
    """
    One line; when all is well, the sentence.

    `count` are open, of which nobody has answered `waiting`. `trouble` is the pager's own, `besides` says in sentences
    what is muted, who is quiet and who cannot be reached.
    """
    pager = f"Pager: {trouble}." if trouble else ""
    if is_all_well(count, on_duty, [*filter(None, (pager,)), *besides]):
        return wording.ALL_WELL
    seen = f"{count} open, {waiting or 'none'} unanswered: list." if count else "Nothing open."
    people, uncovered = on_duty.people, on_duty.uncovered
    who = f"On duty: {', '.join(map(reader.person, people))}." if people else "NOBODY is on duty."
    nobody = f"NOBODY for {', '.join(uncovered)}." if people and uncovered else ""
    return wording.cut_to_one(" ".join(filter(None, (seen, nobody, *besides, who, pager))))


def is_unanswered(alert: Alert) -> bool:
    """Whether it is open, and nobody knows of it who has answered."""
    return alert.quiet_until is not None or (alert.state not in (ACKNOWLEDGED, SNOOZED) and not alert.rule)

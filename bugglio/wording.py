"""Every text that bugglio sends: how it is put, and what is left out when it grows too long."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bugglio.alert import MANUAL
from bugglio.gsm import DOTS, cut, segments, septets, to_gsm, without_scheme
from bugglio.times import LONGEST_STAMP

ONE = 160
"""Septets of one segment."""
PART = 153
"""Septets of each segment of several."""
SEGMENTS = 4
"""A page with an error's address has so many at most."""
SHORT = 30
"""A message is not cut below this before other parts go."""

SHOWN = 40
"""A text has never room for more projects."""
ALL_WELL = "Everything's perfectly all right now. We're fine. We're all fine here, now, thank you. How are you?"
COMMANDS = (
    "ack 417, close 417, list, 417 (details), status, commands. A word alone means the last alert; "
    "ack all what you were told of. More: docs/texting.md"
)

UNANSWERED = "unanswered: "
BY_HAND = "{project.name}: {error.message}"
"""The text of what was opened by hand: its team, and what it was told."""

_PLACE = re.compile(r"\{([A-Za-z0-9_.]+)\}")
_CLASS, _MESSAGE, _CONTEXT, _URL = "error.exceptionClass", "error.message", "error.context", "error.url"


@dataclass(frozen=True)
class Piece:
    """One value of a team's text and the words that lead to it."""

    lead: str
    path: str
    value: str


@dataclass(frozen=True)
class Draft:
    """A page before it is known to fit."""

    code: int
    pieces: tuple[Piece, ...]
    tail: str
    why: str
    mark: str

    def __str__(self) -> str:
        """The whole text."""
        text = _joined(self.pieces, self.tail)
        now = ", ".join(filter(None, (self.why, self.mark)))
        return " ".join(filter(None, (f"#{self.code}", _sentence(text), _sentence(now), f"Reply ack {self.code}")))

    def of(self, path: str) -> str:
        """The value of one path."""
        return next((piece.value for piece in self.pieces if piece.path == path), "")

    def with_value(self, path: str, value: str) -> "Draft":
        """The draft that says something else at one path."""
        pieces = tuple(replace(piece, value=value) if piece.path == path else piece for piece in self.pieces)
        return replace(self, pieces=pieces)

    def shortened(self, path: str, room: int, least: int) -> "Draft":
        """The draft with one value cut as far as it takes, but not below `least`."""
        over = septets(str(self)) - room
        value = self.of(path)
        return self if over <= 0 else self.with_value(path, cut(value, max(least, septets(value) - over)))


def template_of(kind: str, text: str) -> str:
    """The text of an alert of this kind, for a team with this text."""
    return BY_HAND if kind == MANUAL else text


def paths(template: str) -> tuple[str, ...]:
    """The dotted paths of Bugsnag's payload that a team's text names."""
    return tuple(dict.fromkeys(_PLACE.findall(template)))


def page(code: int, template: str, said: Mapping[str, str], why: str, mark: str = "") -> str:
    """
    The text of a page, in one segment unless the team's text holds the error's address.

    `why` (Bugsnag's reason) is left out for want of room; `mark` never, for it sets this page apart from others.
    """
    draft = _draft(code, template, said, why, mark)
    for number in range(1, SEGMENTS + 1 if draft.of(_URL) else 2):
        for shorter in _shorter(draft, ONE if number == 1 else number * PART):
            if segments(str(shorter)) <= number:
                return str(shorter)
    return _crammed(draft, ONE)


def unanswered(code: int, template: str, said: Mapping[str, str]) -> str:
    """What a digest says of the one alert that nobody has answered; it leaves room for the digest's beginning."""
    draft = _draft(code, template, {**said, _URL: ""}, "", "")
    room = ONE - len(LONGEST_STAMP + UNANSWERED)
    fitting = (str(shorter) for shorter in _shorter(draft, room) if septets(str(shorter)) <= room)
    return next(fitting, None) or _crammed(draft, room)


def _draft(code: int, template: str, said: Mapping[str, str], why: str, mark: str) -> Draft:
    found = [(lead, name, _plain(said.get(name, ""), address=name == _URL)) for lead, name in _leads(template)]
    pieces = _said_once(tuple(Piece(lead, name, value) for lead, name, value in found))
    return Draft(code, pieces, _tail(template), _plain(why), _plain(mark))


def _shorter(draft: Draft, room: int) -> Iterator[Draft]:
    """The draft with less and less of what matters least."""
    yield draft
    yield draft.shortened(_MESSAGE, room, SHORT)
    draft = draft.with_value(_CONTEXT, "")
    yield draft.shortened(_MESSAGE, room, SHORT)
    draft = replace(draft, why="")
    yield draft.shortened(_MESSAGE, room, SHORT)
    draft = draft.shortened(_MESSAGE, room, SHORT)
    yield draft.shortened(_CLASS, room, SHORT)


def _crammed(draft: Draft, room: int) -> str:
    """What is left when even the necessary parts are too long: the beginning of the text, without its address."""
    *_, shortest = _shorter(draft.with_value(_URL, ""), room)
    bare = replace(draft, pieces=(), tail="", why="")
    text = _joined(shortest.pieces, draft.tail)
    return str(replace(bare, tail=cut(text, room - septets(str(bare)) - len(". "))))


def _leads(template: str) -> list[tuple[str, str]]:
    """Each path of a team's text with the literal words before it."""
    parts = _PLACE.split(template)
    return list(zip(parts[0:-1:2], parts[1::2], strict=True))


def _tail(template: str) -> str:
    return to_gsm(_PLACE.split(template)[-1])


def _plain(value: str, *, address: bool = False) -> str:
    text = to_gsm(value)
    return " ".join((text if address else without_scheme(text)).split())


def _sentence(text: str) -> str:
    """A text with its full stop, or with the dots that stand for what was cut; of nothing, nothing."""
    bare = text.rstrip(" .")
    return bare and bare + (DOTS if text.rstrip().endswith(DOTS) else ".")


def _said_once(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """The pieces without a class that the message says anyway."""
    said = {piece.path: piece.value for piece in pieces}
    name, message = said.get(_CLASS, ""), said.get(_MESSAGE, "")
    if not name or not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", message):
        return pieces
    bare = message.removeprefix(name)
    if bare != message and (not bare or bare.startswith(":")):
        return tuple(replace(piece, value=bare.lstrip(": ")) if piece.path == _MESSAGE else piece for piece in pieces)
    return tuple(replace(piece, value="") if piece.path == _CLASS else piece for piece in pieces)


def _joined(pieces: Sequence[Piece], tail: str) -> str:
    """The team's text; an empty value takes the words before it along."""
    text = "".join(to_gsm(piece.lead) + piece.value for piece in pieces if piece.value)
    first = next((piece for piece in pieces if piece.value), None)
    if first is not None and first is not pieces[0]:
        text = text.removeprefix(to_gsm(first.lead))
    return (text + tail).strip()


@dataclass(frozen=True)
class Held:
    """What a digest stands for."""

    pages: int
    projects: Mapping[str, int]
    code: int
    name: str
    """Class of the alert on top."""
    events: int
    further: int = 0
    """Projects that are not among those counted."""


def digest(at: str, held: Held, word: str = "more") -> str:
    """Several pages in one text: `word` is `more` or `unanswered`."""
    start = f"{at} {held.pages} {word}: "
    name = _plain(held.name)
    top = " ".join(filter(None, (f"#{held.code}", cut(name, SHORT), f"x{held.events}")))
    end = f". Top: {top}. Reply list"
    return start + _projects(held, ONE - septets(start) - septets(end)) + end


TEST = "Test page: so does a page arrive. Nothing is wrong, and nothing has to be answered."


def login(code: str) -> str:
    """A code to log in: first of all, so that phones offer to fill it in."""
    return f"{code} is your bugglio code, good for 10 minutes. If you did not ask for it, nobody gets in without it."


def tested(text: str) -> str:
    """What became of a test page."""
    return note(f"Your test page {text}")


def little_left(used: int, allowed: int) -> str:
    """What the admins are told of the day's budget of texts."""
    used_up = f"{used} of today's {allowed} texts are used (BUGGLIO_SMS_PER_DAY)"
    return note(f"{used_up}. Past it, until 00:00 UTC: a digest each 10 min")


def budget_used(used: int, allowed: int) -> str:
    """The same in an answer about how the pager is."""
    return f"{used} of today's {allowed} texts used."


def unanswered_one(at: str, text: str) -> str:
    """The one alert that nobody has answered, said again."""
    return f"{at} {UNANSWERED}{text}"


def _projects(held: Held, room: int) -> str:
    """As many projects as there is room for, the busiest first."""
    ranked = sorted(held.projects.items(), key=lambda item: (-item[1], item[0]))
    total = len(ranked) + held.further
    names = [f"{cut(_plain(name) or 'no project', SHORT)} {count}" for name, count in ranked[:SHOWN]]
    for shown in range(len(names), 0, -1):
        rest = total - shown
        text = ", ".join(names[:shown]) + (f" and {rest} more" if rest else "")
        if septets(text) <= room:
            return text
    return f"{total} projects"


def cut_to_one(text: str) -> str:
    """A text in one segment."""
    return cut(to_gsm(text), ONE)


def _ending(text: str, end: str, room: int) -> str:
    """A sentence and what has to follow it."""
    return f"{_sentence(cut(text, room - septets(end) - len('. ')))} {end}"


def stamped(at: str, note: str) -> str:
    """A notice as it goes out."""
    return f"{at} {note}"


def news(code: int, name: str, what: str) -> str:
    """A notice: news of an alert to somebody who was told of it. Its time comes before it."""
    named = " ".join(filter(None, (f"#{code}", _plain(name))))
    return note(f"{named}: {_plain(what)}")


def note(text: str) -> str:
    """A notice, with room for its time."""
    return cut(to_gsm(text), ONE - len(LONGEST_STAMP))


def welcome(whose: str) -> str:
    """The first text of somebody new: `whose` on-call it is."""
    start, end = "Pages from bugglio (on-call for ", "). Save this number and let it through Do Not Disturb. "
    answers = "Reply ok. STOP to opt out, HELP for help."
    return start + cut(_plain(whose), ONE - septets(start + end + answers)) + end + answers


def shift(what: str, since: str, until: str, others: str = "", count: int | None = None) -> str:
    """
    What is asked of somebody whose shift begins, with room for its time.

    `since`: when, or empty if it has begun; `until` may be empty; `others` (who has what they had) is left out for want
    of room; `count` is how many alerts are open.
    """
    start, verb = "Your shift for ", f" begins {since}" if since else " has begun"
    seen = "" if count is None else f"{count} open: list" if count else "nothing open"
    room = ONE - len(LONGEST_STAMP) - septets(start)
    ends = [
        "; ".join(filter(None, (verb + (f", until {until}" if until else ""), more, seen))) + ". Reply ok"
        for more in (_plain(others), "")
    ]
    end = next((end for end in ends if septets(_plain(what) + end) <= room), ends[-1])
    return start + cut(_plain(what), room - septets(end)) + end


def shift_of(name: str, what: str, since: str, others: str = "") -> str:
    """What somebody is told whose shift is another's: from when on, or now."""
    start = f"{cut(_plain(name), SHORT)} has the {what} shift {f'from {since}' if since else 'now'}"
    return note("; ".join(filter(None, (start, others))))


def shift_unanswered(name: str, what: str, when: str, cause: str = "") -> str:
    """What others are told of somebody who does not say that a shift was noticed, or whom no text reached."""
    said = f"{cut(_plain(name), SHORT)}: shift for {what} {when}"
    return note(f"Not delivered to {said} ({_plain(cause)})" if cause else f"No answer from {said}")


def foretold(worries: Sequence[str]) -> str:
    """What will go wrong with the roster, in a notice that names the first."""
    room = ONE - len(LONGEST_STAMP)
    if len(worries) == 1:
        return cut(_plain(f"Roster: {worries[0]}"), room)
    return _ending(_plain(f"Roster, {len(worries)} things: {worries[0]}"), "All: python -m bugglio doctor", room)


def merged(briefs: Sequence[str], count: int) -> str:
    """So many notices in one, of which these are told first."""
    told = ", ".join(map(_plain, briefs))
    return _ending(f"{count} notices: {told}", "Reply list", ONE - len(LONGEST_STAMP))


def not_stored(what: str) -> str:
    """The text that goes out when the store cannot be reached."""
    start = f"bugglio cannot reach its store. {_plain(what)}"
    return _ending(start, "Look in Bugsnag; this was not stored", ONE)


def name_of(project: str, error_class: str, kind: str = "error") -> str:
    """What an alert is called in a list or an answer."""
    return _plain(" ".join(filter(None, (project, error_class or ("spike" if kind == "spike" else "")))))

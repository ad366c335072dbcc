"""The alerts that an answer may need: those of somebody's teams that are open, and those that a text means."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bugglio import alert as alerts
from bugglio import codes
from bugglio.alert import Place
from bugglio.dialogue import ends_quiet, means_all
from bugglio.grammar import Command
from bugglio.pager.overview import Overview, beyond, head, in_quiet, look, unanswered_beyond
from bugglio.pager.reading import side_by_side
from bugglio.phone import Phone
from bugglio.roster import Engineer, Roster
from bugglio.store import Document, Reading, Store


@dataclass(frozen=True)
class Wanted:
    """What somebody's text is about."""

    command: Command
    phone: Phone
    person: Engineer
    roster: Roster
    named: Sequence[str]
    """Ids of the alerts that it names; those of them which are open are probably among the first of what is ..."""
    sought: Sequence[str]
    """... and of those which have to be known although they may be closed, or another team's."""
    besides: Sequence[str]
    """Paths of what else is read along with them."""

    @property
    def names_all(self) -> bool:
        """Whether the text names every alert that its answer can be about."""
        return bool(self.command.verb and self.command.codes)


@dataclass(frozen=True)
class Seen:
    """What was read, and what was only counted."""

    found: Mapping[str, Document]
    """Alerts by id."""
    reading: Reading
    beyond: int = 0
    unanswered_beyond: int = 0
    head: Mapping[str, Place] | None = None
    """Where some were only counted: the first of a list of all, or, after `more`, the next."""


def see(store: Store, wanted: Wanted, reading: Reading) -> Seen:
    """
    Read it, in one round trip as far as anybody waits; where more is open than is read at once, in a few more.

    Reads do not grow with what is open: beyond a few alerts it is counted.
    """
    asked = dict.fromkeys([*map(alerts.path, wanted.sought), *wanted.besides])
    paths = [path for path in asked if path not in reading.documents]
    more, overview = side_by_side(
        lambda: store.get(paths).documents if paths else {},
        lambda: look(store, wanted.roster, wanted.person, apart=not wanted.names_all),
    )
    reading = Reading(reading.at, {**reading.documents, **more})
    found = {one.id: one for one in overview.some}
    found |= {one.id: one for path, one in more.items() if path.startswith("alerts/")}
    missing = [alerts.path(key) for key in wanted.named if key not in found]
    found |= {one.id: one for one in _get(store, missing)}
    return _crowded(store, wanted, overview, found, reading) if overview.crowded else Seen(found, reading)


def _crowded(store: Store, wanted: Wanted, overview: Overview, found: Mapping[str, Document], reading: Reading) -> Seen:
    """More is open than was read: what else the text may mean is read too, and what is left is counted."""
    command, listed = wanted.command, not wanted.names_all
    first = head(store, overview, _after(wanted)) if listed else {}
    known = {**_meant(store, wanted, overview), **{key: one for key, (one, _) in first.items()}, **found}
    unanswered = unanswered_beyond(store, overview.crowded, known.values()) if command.verb == "status" else 0
    return Seen(
        known,
        reading,
        beyond(store, overview.crowded, known.values()),
        unanswered,
        {key: place for key, (_, place) in first.items()} if listed else None,
    )


def _after(wanted: Wanted) -> Place | None:
    """The place from which a list goes on."""
    if wanted.command.verb != "more" or not wanted.phone.listed:
        return None
    rank, opened, code = wanted.phone.listed
    return rank, opened, code


def _meant(store: Store, wanted: Wanted, overview: Overview) -> dict[str, Document]:
    """What a word without codes may mean and is open: what the phone was told of, what its owner's quiet holds back."""
    command, phone = wanted.command, wanted.phone
    if wanted.names_all:
        return {}
    keys = [told.alert for told in phone.last]
    keys += _told(store, phone.told) if means_all(command, phone) else []
    found = [one for one in _get(store, map(alerts.path, keys)) if "open" in one.fields]
    found += in_quiet(store, overview.crowded) if ends_quiet(command, phone) else []
    return {one.id: one for one in found}


def _told(store: Store, told: Sequence[int]) -> list[str]:
    return [str(one.fields["alert"]) for one in _get(store, map(codes.path, told))]


def _get(store: Store, paths: Iterable[str]) -> list[Document]:
    wanted = list(dict.fromkeys(paths))
    return list(store.get(wanted).documents.values()) if wanted else []

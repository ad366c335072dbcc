"""Who is to be paged in the coming days, and whether that would wake anybody."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter

from bugglio.foresight.outlook import Outlook, Worry, short
from bugglio.phone import Phone, unreachable
from bugglio.roster import DEFAULT, UNOWNED, Roster, Step


def first_called(outlooks: Iterable[Outlook]) -> dict[str, tuple[int, Outlook]]:
    """Everybody on the roster who can be paged, when that begins and in which team."""
    found: dict[str, tuple[int, Outlook]] = {}
    for outlook in outlooks:
        for person, at in _called(outlook):
            if person in outlook.roster.engineers and (person not in found or at < found[person][0]):
                found[person] = (at, outlook)
    return found


def strangers(roster: Roster, outlooks: Sequence[Outlook], known: Mapping[str, Phone], now: int) -> Iterator[Worry]:
    """
    Whoever can be paged soon and cannot be reached, or never sent a text from that phone; once for all their teams.

    The last resort is always looked at: nobody comes after. Before there is a roster file it need not be verified.
    """
    called = first_called(outlooks)
    last = roster.last_resort
    for person, (at, outlook) in called.items():
        paged, phone = _paged(outlook, person, at), known.get(person, Phone())
        if reason := unreachable(phone, now):
            yield _unreachable(outlook.team.id, person, f"{paged}, and cannot be reached: {reason}.", at)
        elif not phone.heard_at and (roster.version or person != last):
            text = f"{paged}, and no text has ever come from that phone."
            yield Worry(outlook.team.id, "unverified", f"unverified {person}", text, at)
    if last not in called and (reason := unreachable(known.get(last, Phone()), now)):
        text = f"{last} is the last resort, and cannot be reached: {reason}."
        yield _unreachable(UNOWNED.id, last, text, now)


def alone(outlook: Outlook) -> Iterator[Worry]:
    """Where several steps of one list name the same engineer and nobody else: the later ones change nothing."""
    lists = {DEFAULT: outlook.team.steps, **outlook.team.lists}
    for name, steps in lists.items():
        found: dict[str, Worry] = {}
        for at, people in _changes(outlook, steps):
            for person, numbers in _lonely(people).items():
                worry = _alone(outlook, name, person, numbers, at)
                found.setdefault(worry.key, worry)
        yield from found.values()


def _called(outlook: Outlook) -> Iterator[tuple[str, int]]:
    for person in outlook.people(*outlook.team.all_steps):
        yield person, outlook.start
    for rotation in outlook.team.rotations:
        for shift in outlook.shifts(rotation):
            if shift.engineer is not None and shift.start is not None:
                yield shift.engineer, shift.start


def _unreachable(team: str, person: str, text: str, at: int) -> Worry:
    return Worry(team, "unreachable", f"unreachable {person}", text, at)


def _paged(outlook: Outlook, person: str, at: int) -> str:
    if at <= outlook.start:
        return f"{outlook.team.id}: {person} is paged"
    clock = outlook.clock()
    return f"{outlook.team.id}: {person} is paged from {clock.moment(at)} ({clock.timezone}) on"


def _changes(outlook: Outlook, steps: tuple[Step, ...]) -> Iterator[tuple[int, list[set[str]]]]:
    """The people of each step, and those after each instant at which a rotation's answer changes."""
    named = [(outlook.people(step), outlook.rotations(step)) for step in steps]
    if len([people for people, _ in named if len(people) < 2]) < 2:
        return
    changes = [
        (shift.start, name, shift.engineer) for name in outlook.rotations(*steps) for shift in outlook.shifts(name)
    ]
    changes.append((outlook.start, "", None))
    duty: dict[str, str | None] = {}
    for at, some in groupby(sorted(changes, key=itemgetter(0)), itemgetter(0)):
        duty |= {name: engineer for _, name, engineer in some}
        yield at, [{*people, *filter(None, map(duty.get, rotations))} for people, rotations in named]


def _lonely(people: list[set[str]]) -> dict[str, list[int]]:
    """Engineers who are the only one in several steps, and in which, from 1."""
    found: dict[str, list[int]] = {}
    for number, together in enumerate(people, 1):
        if len(together) == 1:
            found.setdefault(next(iter(together)), []).append(number)
    return {person: numbers for person, numbers in found.items() if len(numbers) > 1}


def _alone(outlook: Outlook, name: str, person: str, numbers: list[int], at: int) -> Worry:
    team, clock = outlook.team, outlook.clock()
    steps = f"steps {', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"
    where = steps if name == DEFAULT else f"{steps} of {name}"
    since = "" if at <= outlook.start else f" from {clock.moment(at)} ({clock.timezone}) on"
    # Steps that name the same rotation are alone in each turn of it: that is one matter, whoever's turn it is.
    whose = "" if len({team.steps_named(name)[number - 1].page for number in numbers}) == 1 else f" {person}"
    key = f"alone {team.id} {name} {short('+'.join(map(str, numbers)))}{whose}"
    return Worry(team.id, "alone", key, f"{team.id}: {where} page nobody but {person}{since}.", at)

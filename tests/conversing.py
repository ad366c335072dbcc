"""A pager on a stage and the model beside it: what happens happens to both, and they are compared."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from bugglio.app import App, Parts, tracker
from bugglio.pager import covers
from bugglio.pager.reports import iso
from bugglio.roster import HOUR, MINUTE, UNOWNED, Roster
from bugglio.store import Document, Store
from tests import model
from tests.cast import MEMBERS, PHONES, PROJECTS, ROSTERS, WHOLE, CrossingStore, Narrow, payload
from tests.clock import Clock
from tests.expecting import ANSWERABLE, Expecting, check_text
from tests.model import ANY, CLOSED, TRIGGERED, Delivery, Expected, Hush, Known
from tests.saying import NO_CODE, Say
from tests.screens import shown
from tests.stage import staged

TOKEN = {"BUGSNAG_AUTH_TOKEN": "simulated-bugsnag-token"}
ECHOES = 9 * MINUTE
"""Webhooks about our own changes cause nothing, unless they come much later."""


class Play(Expecting):
    """The pager, its phones, and the model."""

    def __init__(self, store: Store, clock: Clock, *, tells: bool = False) -> None:
        super().__init__()
        self._held = ExitStack()
        self.crossing = CrossingStore(store)
        self.clock = clock
        self.stage = self._held.enter_context(staged(store, clock, ROSTERS[WHOLE], **(TOKEN if tells else {})))
        self.tells = tells
        follows = tracker(self.stage.settings) if tells else None
        parts = Parts(self.crossing, roster=self._people, sleep=self.stage._sleep, draw=Narrow(417), tracker=follows)
        self.stage.app = App(lambda: self.stage.settings, self.stage._alarm, parts)
        self.ids: dict[str, str] = {}
        self.sent: list[tuple[str, str, tuple[str, ...]]] = []
        """Texts that came in: sid, whose, what was answered."""
        self.hooks: list[tuple[str, Any, Delivery]] = []
        self.counts: Counter[str] = Counter()
        self.echoed = 0
        """Since when Bugsnag has something to tell of what it was told."""
        self.story: list[str] = []
        """What happened, for whoever looks for a fault."""

    def close(self) -> None:
        self._held.close()
        self.crossing.close()

    def _people(self) -> Roster:
        return covers.roster_with(self.stage.roster, self.crossing.get([covers.PATH]))

    # What there is.

    @property
    def now(self) -> int:
        return self.clock.now()

    def _note(self, what: str) -> None:
        self.story.append(f"{iso(self.now)} {what}")

    def observe(self) -> dict[str, Mapping[str, Any]]:
        """Every alert as it is kept, by its error."""
        found = self.crossing.query("alerts", "open", limit=400) + self.crossing.query("alerts", "closed_at", limit=400)
        self.ids |= {_key(one): one.id for one in found}
        return {_key(one): one.fields for one in found}

    def picked(self, picks: Sequence[int]) -> list[str]:
        """The alerts that these numbers mean, counted from the newest."""
        ranked = sorted(self.alerts, key=lambda key: (-int(self.fields[key]["opened"]), key))
        return list(dict.fromkeys(ranked[pick % len(ranked)] for pick in picks)) if ranked else []

    # Time.

    def wait(self, milliseconds: int, *, ticks: int) -> None:
        """Time passes, with so many ticks."""
        for _ in range(ticks):
            self.clock.advance(seconds=milliseconds / ticks / 1000)
            self.tick()
        if not ticks:
            self.clock.advance(seconds=milliseconds / 1000)

    def tick(self) -> None:
        now = self.now
        self._note("a tick")
        self.stage.tick()
        self.ticked = self.now
        wanted: dict[str, list[Known | None]] = {}
        for key, alert in self.alerts.items():
            left = alert.by is not None and not self.on_roster(alert.by)
            wanted[key] = [*model.passed(alert, now, left=left)]
        self._compare(wanted, now)

    def deliver(self) -> None:
        """Twilio reports what became of its texts."""
        self._note("Twilio's and Bugsnag's reports")
        late = self.echoed and self.now - self.echoed >= ECHOES
        self.echoed = 0
        self.stage.simulator.settle()
        if not late:
            self._compare({key: [alert] for key, alert in self.alerts.items()}, self.now)
            return
        # Bugsnag's word of what was done for us is taken for somebody else's when it comes so late.
        observed = self.observe()
        heard = {key: replace(alert, heard=self.now) for key, alert in self.alerts.items()}
        self._compare({key: [alert, _adopted(observed[key])] for key, alert in heard.items()}, self.now)

    def change_roster(self, name: str) -> None:
        self._note(f"the roster {name}")
        self.roster, self.stage.roster = name, ROSTERS[name]

    # Bugsnag.

    def hook(
        self, key: str, trigger: str, changed: str = "", *, late: int = 0, rule: tuple[str, int] | None = None
    ) -> None:
        """Bugsnag delivers something about an error, or a project's spike."""
        self.clock.advance(seconds=0.001)
        project = key.partition("/")[0]
        counts = trigger not in ("errorStateManualChange", "comment")
        # An error of which anything is told has happened at least once.
        self.counts[key] = max(1, self.counts[key] + counts)
        moment, more = self.now - late, {}
        if rule:
            more = {"snoozeRule": {"ruleType": rule[0], "ruleValue": rule[1]} if rule[0] else {"ruleValue": rule[1]}}
        body = payload(key, trigger, changed, self.counts[key], moment, **more)
        found = dict([rule]) if rule else {}
        hook = Delivery(
            trigger, changed, moment, self.counts[key], found.get("occurs_after", 0), found.get("occurrences", 0)
        )
        key = f"{project}/spike" if trigger == "projectSpiking" else key
        self.hooks.append((key, body, hook))
        self._post(key, body, hook)

    def hook_again(self, number: int) -> None:
        """A webhook is delivered once more."""
        self.clock.advance(seconds=0.001)
        self._post(*self.hooks[-1 - number % len(self.hooks)])

    def _post(self, key: str, body: Any, hook: Delivery) -> None:
        now, before = self.now, self.alerts.get(key)
        answer = self.stage.webhook(body)
        self._note(f"{key} {hook}: {answer}")
        team = PROJECTS[key.partition("/")[0]]
        team = team if team in MEMBERS[self.roster] else UNOWNED.id
        wanted: dict[str, list[Known | None]] = {one: [alert] for one, alert in self.alerts.items()}
        wanted[key] = model.hushed(model.delivered(hook, before, team, now), before, self._kept_quiet(key, team), now)
        self._compare(wanted, now)
        after = self.alerts.get(key)
        opened = after is not None and after.is_open and not (before is not None and before.is_open)
        assert (answer["outcome"] == "opened") == opened, answer
        assert bool(answer["reason"]) or answer["outcome"] in ("opened", "changed"), answer

    def _kept_quiet(self, key: str, team: str) -> Hush:
        """What keeps an alert quiet that would begin now."""
        until, sure = self.muted.get(key.partition("/")[0], (0, True))
        muted = (True if sure else None) if until > self.now else False
        mine = {name: self.quiet[name] for name in self.quiet if name in MEMBERS[self.roster].get(team, ())}
        mine = {name: found for name, found in mine.items() if found[0] > self.now}
        quiet = {name: until for name, (until, sure) in mine.items() if sure}
        return Hush(muted, quiet, [name for name in mine if name not in quiet])

    # Texts.

    def text(self, who: str, say: Say) -> None:
        """Somebody texts."""
        self._text(who, say, None)

    def cross(self, who: str, say: Say, happens: Callable[[], None]) -> None:
        """Something else happens after the pager has read what there is, and before it has written what comes of it."""
        self._text(who, say, happens)

    def again(self, number: int) -> None:
        """Twilio delivers a text once more."""
        self.clock.advance(seconds=0.001)
        sid, who, replies = self.sent[-1 - number % len(self.sent)]
        pages = len(self.crossing.query("pages", "created", limit=400))
        received = self.stage.simulator.receive_again(sid)
        assert (200, replies) == (received.status, received.replies), who
        assert pages == len(self.crossing.query("pages", "created", limit=400))
        assert {key: one["generation"] for key, one in self.fields.items()} == {
            key: one["generation"] for key, one in self.observe().items()
        }
        # What is answered twice is read twice.
        self.screens[who].seen = len(self.stage.simulator.messages(to=PHONES[who]))

    def _text(self, who: str, say: Say, happens: Callable[[], None] | None) -> None:
        self.clock.advance(seconds=0.001)
        keys = self.picked(say.picks)
        codes = list(dict.fromkeys(int(self.fields[key]["code"]) for key in keys)) or [NO_CODE]
        # A code may be another alert's by now.
        keys = [self.codes[code] for code in codes if code in self.codes]
        body = say.form.replace("{}", (" " if say.form in ("{}", "ack {}") else ", ").join(map(str, codes)))
        before = self.expected(who, say, keys, self.now) if happens is not None else None
        self.crossing.between, self.crossing.fault = happens, None
        received = self.stage.simulator.receive(PHONES[who], body)
        if self.crossing.fault is not None:
            raise self.crossing.fault
        if happens is not None and self.crossing.between is not None:
            self.crossing.between = None
            happens()
        assert 200 == received.status, f"{who} texts {body!r}: {received}, {self.stage.troubles}"
        assert len(received.replies) <= 1, received
        answer = received.replies[0] if received.replies else ""
        self.sent.append((received.sid, who, received.replies))
        said = f"{who} texts {body!r}, is answered {answer!r}"
        self._told(who, say, codes, keys, answer, said, before)

    def _told(
        self, who: str, say: Say, codes: list[int], keys: list[str], answer: str, said: str, sooner: Expected | None
    ) -> None:
        screen, now = self.screens[who], self.now
        self._note(said)
        expected = self.expected(who, say, keys, now)
        if sooner is not None:
            # What changes nothing may have been decided before the other thing happened.
            expected = replace(expected, sure=[key for key in expected.sure if key in sooner.sure])
        named = [self.codes[code] for code in codes if code in self.codes]
        if named != keys:
            # A code was given to another alert meanwhile.
            again = self.expected(who, say, named, now)
            expected = Expected({**expected.changes, **again.changes})
        before = dict(self.alerts)
        changed = self._settle(expected, now, said, say)
        check_text(answer, said)
        if not self.on_roster(who):
            self.answer_to_a_stranger(screen, say, answer, now, said)
            return
        in_a_row = now - screen.texted < ANSWERABLE
        screen.texted = now
        screen.idle = 0 if changed else screen.idle + 1 if in_a_row else 1
        screen.missed = screen.missed + 1 if say.verb == "" and in_a_row else int(say.verb == "")
        self.check_answer(who, say, keys, changed, answer, said)
        if sooner is None:
            self.check_count(who, changed, answer, now, said)
        fresh = {key: alert.becomes(CLOSED, how="by hand") for key, alert in self.alerts.items() if key not in before}
        assert not fresh or (answer.startswith("Opened ") and len(fresh) == 1), said
        self.keep(who, say, keys, fresh | {key: before[key] for key in changed}, answer, now)
        self.hush(who, say, answer, now, said)

    # Comparing.

    def _settle(self, expected: Expected, now: int, said: str, say: Say) -> list[str]:
        """Which alerts a text has changed, all as it was to be expected."""
        wanted: dict[str, list[Known | None]] = {}
        observed = self.observe()
        changed = []
        for key, alert in self.alerts.items():
            after, grew = expected.changes.get(key), observed[key]["generation"] != self.fields[key]["generation"]
            may = [after] if after is not None and (key in expected.sure or grew) else []
            wanted[key] = [*may, *([] if key in expected.sure else [alert])]
            if alert.quiet and say.verb in ("hush", "undo"):
                wanted[key].append(replace(alert, until=ANY))
            changed += [key] if may and grew else []
        if say.verb in ("page", "ok"):
            wanted |= {key: [_adopted(one)] for key, one in observed.items() if key not in wanted}
        self._compare(wanted, now, said)
        assert len(changed) <= expected.most, said
        return [key for key in changed if self.alerts[key] is not None]

    def _compare(self, wanted: Mapping[str, Sequence[Known | None]], now: int, said: str = "") -> None:
        """Each alert is one of what it may be; the model keeps which."""
        observed = self.observe()
        kept: dict[str, Known] = {}
        for key, options in wanted.items():
            fields = observed.get(key)
            found = next((one for one in options if _is(one, fields, self.now - now)), -1)
            assert found != -1, f"{key} is {_seen(fields)}, not {options}; {said}"
            if isinstance(found, Known):
                kept[key] = _adjusted(found, fields or {})
        assert observed.keys() == kept.keys(), said
        self.alerts, self.fields = kept, observed
        self._look(now)

    def _look(self, now: int) -> None:
        """Read what has come to phones, and whom codes name."""
        self._look_at_codes(now)
        self.echoed = (self.echoed or now) if self.stage.simulator.echoes else 0
        for name, screen in self.screens.items():
            messages = self.stage.simulator.messages(to=PHONES[name])
            for one in messages[screen.seen :]:
                screen.shown.append(shown(one.created, one.body, self.codes, asks=one.direction == "outbound-api"))
            screen.seen = len(messages)

    def _look_at_codes(self, now: int) -> None:
        """No code is given to another alert before its alert has been closed for 72 hours."""
        names = {self.ids[key]: key for key in self.fields}
        paths = sorted({f"codes/{fields['code']}" for fields in self.fields.values()})
        for one in self.crossing.get(paths).documents.values():
            code, key = int(one.id), names[str(one.fields["alert"])]
            before = self.codes.get(code, key)
            rests = not self.alerts[before].is_open and now - self.alerts[before].closed_at >= model.REST
            assert before == key or rests, f"{code} was {before}'s {self.alerts[before]}, and is {key}'s"
            self.codes[code] = key
            closed = None if self.alerts[key].is_open else self.fields[key]["closed_at"]
            assert closed == one.fields.get("closed_at"), f"{key}: {one.fields}"
        for key, alert in self.alerts.items():
            assert not alert.is_open or self.codes.get(int(self.fields[key]["code"])) == key

    def check(self) -> None:
        """What holds whatever happens."""
        for key, fields in self.fields.items():
            assert fields["state"] != TRIGGERED or "next_at" in fields, key
        self._check_bodies()
        assert [] == self.stage.troubles

    def _check_bodies(self) -> None:
        """No two texts to a phone are alike within the hour in which Twilio's log is asked for them."""
        sent: dict[tuple[str, str], int] = {}
        for one in self.stage.simulator.messages():
            if one.direction == "outbound-api":
                assert one.created - sent.get((one.to, one.body), -HOUR) >= HOUR, one
                sent[one.to, one.body] = one.created


def _key(one: Document) -> str:
    fields = one.fields
    if fields["kind"] == "manual":
        return f"by hand/{one.id}"
    return f"{fields['project']}/{'spike' if fields['kind'] == 'spike' else fields['error_id'].rpartition('-')[2]}"


def _is(known: Known | None, fields: Mapping[str, Any] | None, drift: int) -> bool:
    """Whether an alert is as the model has it."""
    if known is None or fields is None:
        return known is None and fields is None
    until = fields.get("until")
    near = known.until in (None, ANY) or (until is not None and abs(until - known.until) <= drift + 5)
    same = (known.until is None) == (until is None) and near
    return same and known.standing() == (fields["state"], fields.get("acknowledged_by"), fields.get("how"))


def _adjusted(known: Known, fields: Mapping[str, Any]) -> Known:
    """The model's alert with the exact times."""
    closed = int(fields.get("closed_at") or 0)
    return replace(known, until=fields.get("until"), closed_at=closed, acked=int(fields.get("acknowledged_at") or 0))


def _adopted(fields: Mapping[str, Any]) -> Known:
    """An alert as it is found."""
    at = int(fields["last_arrival"])
    found = Known(
        fields["team"], fields["state"], fields.get("acknowledged_by"), fields.get("until"), fields.get("how")
    )
    return replace(found, through=at, last=at, arrived=at, heard=at, count=int(fields.get("occurrences") or 1))


def _seen(fields: Mapping[str, Any] | None) -> Any:
    return fields and {name: fields.get(name) for name in ("state", "acknowledged_by", "until", "how", "generation")}

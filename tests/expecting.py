"""What a text may do and what it may be answered: the design's words, the model's alerts, and the phones' screens."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bugglio.gsm import is_gsm, segments
from bugglio.roster import DAY, HOUR, MINUTE
from tests import model, screens
from tests.cast import LASTS, MEMBERS, PEOPLE, PHONES, PROJECTS, ROSTERS, WEB, WHOLE
from tests.model import TRIGGERED, Change, Expected, Known, Order
from tests.saying import Say
from tests.screens import Asked, Screen, Shown

ALL_WELL = "Everything's perfectly all right now. We're fine. We're all fine here, now, thank you. How are you?"
MUTED = re.compile(r"(?:Muted (\S+) until|(\S+) is muted no more)")
CHANGING = ("ack", "close", "fix", "ignore", "snooze", "reopen", "escalate", "pass")
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
ANSWERABLE = 30 * MINUTE
TOGETHER = 2 * MINUTE
ANSWERS = 5
"""So many texts in a row that are not understood are answered."""
STRANGERS = 10
"""So often a day a stranger is answered."""
LATE = 3 * MINUTE
"""Without a tick for so long, the pager is not well ..."""
BEATS = 20_000
"""... and a tick leaves its mark so often."""
LEFT = re.compile(r"(\d+) (?:more )?open: list")


class Expecting:
    """What there is as people know it, and what they may expect."""

    def __init__(self) -> None:
        self.roster = WHOLE
        self.alerts: dict[str, Known] = {}
        self.fields: dict[str, Mapping[str, Any]] = {}
        self.codes: dict[int, str] = {}
        self.screens = {name: Screen() for name in PHONES}
        self.ticked = 0
        self.muted: dict[str, tuple[int, bool]] = {}
        """Until when projects are muted, and whether that is sure."""
        self.quiet: dict[str, tuple[int, bool]] = {}

    def on_roster(self, who: str) -> bool:
        return who in ROSTERS[self.roster].engineers

    def owners(self, key: str) -> list[str]:
        """Who on the roster may change an alert."""
        return [who for who in PEOPLE if self.on_roster(who) and self.is_theirs(who, key)]

    def is_theirs(self, who: str, key: str) -> bool | None:
        """Whether somebody may change an alert; None: they were paged for it although it is another team's."""
        if PEOPLE[who].admin or who in MEMBERS[self.roster].get(self.alerts[key].team, ()):
            return True
        paged = {*self.fields[key].get("paged", {}), *self.fields[key].get("paged_before", ())}
        return None if who in paged else False

    def _named(self, body: str) -> tuple[str, ...]:
        return screens.named(body, self.codes)

    # What a text may do.

    def expected(self, who: str, say: Say, keys: list[str], now: int) -> Expected:
        screen = self.screens[who]
        if not self.on_roster(who) or (say.form == "Yes" and screen.stopped):
            return Expected()
        asked = screen.asked if screen.asked is not None and now - screen.asked.at <= ANSWERABLE else None
        if say.verb == "undo":
            return self._undo(who, now)
        answered = self._answering(who, say, keys, asked, now) if asked is not None else None
        if answered is not None:
            return answered
        if say.verb == "ok":
            return self._ok(who, now)
        return self._ordered(who, say, keys, now)

    def _undo(self, who: str, now: int) -> Expected:
        changed = self.screens[who].changed
        if changed is None:
            return Expected()
        back, sure = model.undone(changed, self.alerts, now)
        return Expected(back, sure)

    def _answering(self, who: str, say: Say, keys: list[str], asked: Asked, now: int) -> Expected | None:
        """What an answer to a question does; None if it is none."""
        if asked.kind == "near":
            return self._ordered(who, asked.say, list(asked.keys), now, sure=False) if say.verb == "ok" else None
        if asked.kind == "all":
            agrees = say.verb == "ok" or (say.verb == "all" and asked.say.verb == "ack")
            return self._all_of(who, asked, now) if agrees else None
        if say.verb == "all":
            return self._all_of(who, asked, now)
        if say.verb == "ok":
            one = len(asked.keys) == 1 and asked.whole
            return self._all_of(who, asked, now) if one else Expected()
        if say.verb == "number" and set(keys) <= set(asked.keys):
            return self._do(who, asked.say, keys, now, sure=asked.sure)
        # A number that the question had no room for.
        return self._do(who, asked.say, keys, now, sure=False) if say.verb == "number" and not asked.whole else None

    def _all_of(self, who: str, asked: Asked, now: int) -> Expected:
        more = () if asked.whole else tuple(self.screens[who].keys())
        sure = self._do(who, asked.say, asked.keys, now, sure=asked.sure)
        return Expected({**self._do(who, asked.say, more, now).changes, **sure.changes}, sure.sure)

    def _ok(self, who: str, now: int) -> Expected:
        """A page counts as asked, for half an hour."""
        screen = self.screens[who]
        pages = [one for one in screen.newest(details=False) if now - one.at <= ANSWERABLE]
        asks = any(one.kind == "asks" and now - one.at <= ANSWERABLE for one in screen.shown)
        return self._last(who, Say("ack", "ok"), pages, now, sure=not asks)

    def _ordered(self, who: str, say: Say, keys: list[str], now: int, *, sure: bool = True) -> Expected:
        """What a word does that names alerts, or leaves open which."""
        screen = self.screens[who]
        if say.verb not in CHANGING:
            return Expected()
        if say.all:
            return self._everything(who, say, now)
        if not say.bare:
            return self._do(who, say, keys, now, sure=sure)
        if say.verb in ("ignore", "pass"):
            return Expected()
        return self._last(who, say, screen.newest(details=True), now, sure=sure)

    def _everything(self, who: str, say: Say, now: int) -> Expected:
        """`ack all`: what was texted or listed to this phone; `close all` asks first."""
        if say.verb != "ack":
            return Expected()
        screen = self.screens[who]
        paged = {key for one in screen.shown if one.kind == "page" for key in one.keys if self.alerts[key].is_open}
        digest = any(one.kind == "digest" for one in screen.shown)
        may = self._do(who, say, list(self.alerts) if digest else sorted(screen.keys()), now, sure=False)
        sure = self._do(who, say, sorted(paged), now, sure=not screen.was_stopped)
        return Expected({**may.changes, **sure.changes}, sure.sure)

    def _last(self, who: str, say: Say, texted: list[Shown], now: int, *, sure: bool) -> Expected:
        """A bare word means what was texted last, unless something else was texted within two minutes before."""
        if not texted:
            return Expected()
        newest, *others = texted
        # A digest stands for any; what was under way to a phone as it stopped texts may not have been seen.
        if newest.kind == "digest" or self.screens[who].was_stopped:
            return replace(self._do(who, say, list(self.alerts), now, sure=False), most=1)
        key = newest.keys[0]
        rivals = {one.keys[0] for one in others if one.keys and newest.at - one.at <= TOGETHER} - {key}
        rivals = {one for one in rivals if self.alerts[one].is_open}
        rivals |= {"digest" for one in others if one.kind == "digest" and newest.at - one.at <= TOGETHER}
        # A late word takes nothing from whoever has it by now.
        has = say.verb == "escalate" and self.alerts[key].state != TRIGGERED
        found = self._do(who, say, [key], now, sure=sure and not rivals and not has)
        asks = any(
            one in self.alerts and self.alerts[one].state == TRIGGERED and self.is_theirs(who, one) for one in rivals
        )
        # Of one that is closed it is said what became of it.
        return Expected() if asks and self.alerts[key].is_open and say.verb != "reopen" else found

    def _do(self, who: str, say: Say, keys: Iterable[str], now: int, *, sure: bool = True) -> Expected:
        mine = {key: self.is_theirs(who, key) for key in keys}
        order = Order(say.verb, who, _until(say, who, now), say.more, LASTS if WEB.id in MEMBERS[self.roster] else {})
        found = model.do(order, [key for key, may in mine.items() if may is not False], self.alerts, now)
        known = say.verb != "pass" or (self.on_roster(say.to) and not self.screens[say.to].was_stopped)
        if say.verb == "pass" and not self.on_roster(say.to):
            return Expected()
        return Expected(found.changes, [key for key in found.sure if mine[key] and sure and known])

    # What is answered.

    def answer_to_a_stranger(self, screen: Screen, say: Say, answer: str, now: int, said: str) -> None:
        """Anybody else hears the sentence, so often and no more."""
        if say.verb in ("stop", "start", "help") or say.form == "Yes":
            assert answer in ("", ALL_WELL), said
            screen.told[now // DAY] = screen.told.get(now // DAY, 0) + (answer != "")
            return
        full = screen.told.get(now // DAY, 0) >= STRANGERS
        assert ("" if full else ALL_WELL) == answer, said
        screen.told[now // DAY] = screen.told.get(now // DAY, 0) + (not full)

    def check_answer(self, who: str, say: Say, keys: list[str], changed: list[str], answer: str, said: str) -> None:
        screen = self.screens[who]
        if say.verb in ("stop", "start", "help") or (say.form == "Yes" and screen.stopped):
            assert answer == "", said
            return
        assert screen.missed <= ANSWERS or not answer, said
        if not answer:
            assert screen.idle > ANSWERS, said
            return
        verb = say.verb
        if verb in DONE and verb != "note" and changed:
            assert answer.startswith(DONE[verb]), said
        if verb in DONE and verb != "note" and not changed:
            assert not answer.startswith(DONE[verb]), said
        if verb == "" and changed:
            raise AssertionError(said)
        if changed and len(changed) <= 3:
            assert all(str(self.fields[key]["code"]) in answer for key in changed), said
        most = 1 if self._is_brief(say, keys, changed) else 3 if verb == "why" else 2
        assert segments(answer) <= most, said

    def _is_brief(self, say: Say, keys: list[str], changed: list[str]) -> bool:
        """Whether one segment has to do."""
        return (
            say.verb in ("", "near")
            or say.form in ("commands", "status")
            or (say.verb in CHANGING and len(keys) <= 1 and len(changed) <= 1)
        )

    def check_count(self, who: str, changed: list[str], answer: str, now: int, said: str) -> None:
        """How many are open besides is told as it is."""
        if answer == ALL_WELL:
            self._check_all_well(who, now, said)
        found = LEFT.search(answer)
        theirs = {key: self.is_theirs(who, key) for key, alert in self.alerts.items() if alert.is_open}
        named = {key for key in (*self._named(answer), *changed) if key in theirs}
        sure = {key for key, mine in theirs.items() if mine}
        if found:
            assert (
                len(sure - named) <= int(found[1]) <= len([key for key, mine in theirs.items() if mine is not False])
            ), said
        if "Nothing open." in answer or "Nothing else open." in answer:
            assert sure <= named, said

    def _check_all_well(self, who: str, now: int, said: str) -> None:
        assert not [key for key, alert in self.alerts.items() if alert.is_open and self.is_theirs(who, key)], said
        teams = [team for team, people in MEMBERS[self.roster].items() if who in people or PEOPLE[who].admin]
        muted = [one for one, (until, sure) in self.muted.items() if sure and until > now]
        assert not [one for one in muted if PROJECTS[one] in teams], said
        assert now - self.ticked <= LATE + BEATS or not self.ticked, said

    def keep(self, who: str, say: Say, keys: list[str], changed: dict[str, Known], answer: str, now: int) -> None:
        """What the phone's owner knows afterwards."""
        screen = self.screens[who]
        if say.verb in ("stop", "start"):
            screen.stopped = say.verb == "stop"
            screen.was_stopped = True
            return
        if say.verb == "help":
            return
        if say.form == "Yes" and screen.stopped:
            screen.stopped = False
            return
        screen.asked = self._question(who, say, answer, now)
        if changed and say.verb != "undo":
            screen.changed = Change(now, changed, {key: self.alerts[key] for key in changed})
        elif say.verb == "undo" and screen.changed is not None and now - screen.changed.at <= model.UNDO:
            screen.changed = None
        elif say.verb in ("duty", "hush", "odd", "ok", "number", "all") and screen.changed is not None:
            screen.changed = replace(screen.changed, sure=False)
        if say.verb in ("show", "number") and len(keys) == 1 and answer and "no such" not in answer and not changed:
            screen.shown.append(Shown(now, "details", (keys[0],)))
        if say.form == "?" and answer and (last := screen.newest(details=True)) and last[0].keys:
            screen.shown.append(Shown(now, "details", last[0].keys[:1]))

    def hush(self, who: str, say: Say, answer: str, now: int, said: str) -> None:
        """Who is quiet and what is muted from now on."""
        found = MUTED.match(answer)
        if found:
            project = found[1] or found[2]
            assert PEOPLE[who].admin or who in MEMBERS[self.roster].get(PROJECTS[project], ()), said
            span = {"2h": 2 * HOUR, "30m": 30 * MINUTE}[say.form.rpartition(" ")[2]] if found[1] else 0
            self.muted[project] = (now + span, True)
        if answer.startswith("Quiet until "):
            span = {"quiet 2h": 2 * HOUR, "quiet 30m": 30 * MINUTE}[say.form]
            self.quiet[who] = (now + span, True)
        if answer.startswith("Quiet is over"):
            self.quiet[who] = (now, True)
        if say.verb == "undo" and answer.startswith("Took back"):
            self.muted = dict.fromkeys(self.muted, (now + 2 * HOUR, False))
            self.quiet = dict.fromkeys(self.quiet, (now + 2 * HOUR, False))

    def _question(self, who: str, say: Say, answer: str, now: int) -> Asked | None:
        screen = self.screens[who]
        if answer.startswith("Which? "):
            meant = screen.asked.say if say.verb == "ok" and screen.asked is not None else say
            meant = Say("ack", "ok") if meant.verb == "ok" else meant
            sure = not answer.startswith("Which? 1 ")
            return Asked("which", meant, self._named(answer), now, " more" not in answer, sure)
        if answer.startswith("Close all "):
            return Asked("all", Say("close", "close all"), self._named(answer), now, " more" not in answer)
        if answer.startswith("Ack all "):
            return Asked("all", Say("ack", "ack all"), (), now, whole=False)
        if "Did you mean " in answer:
            return self._meant(answer, now)
        if say.verb in ("", "odd", "near") or not answer:
            return replace(screen.asked, sure=False) if screen.asked is not None else None
        return screen.asked if say.verb in ("look", "show", "why", "number") else None

    def _meant(self, answer: str, now: int) -> Asked | None:
        text = answer.partition("Did you mean ")[2].partition("? ")[0]
        keys = self._named(text)
        verb = text.partition(" ")[0]
        return Asked("near", Say(verb, "{}" if keys else "", (0,) if keys else (), HOUR), keys, now)


def _until(say: Say, who: str, now: int) -> int | None:
    """When a snooze ends."""
    if say.verb != "snooze" or say.more:
        return None
    if not say.hour:
        return now + (say.span or HOUR)
    zone = ZoneInfo(PEOPLE[who].timezone or "UTC")
    wall = datetime.fromtimestamp(now / 1000, zone)
    then = wall.replace(hour=say.hour, minute=0, second=0, microsecond=0)
    then = then if then > wall else then + timedelta(days=1)
    return int(then.timestamp() * 1000)


def check_text(answer: str, said: str) -> None:
    """What every answer is, whatever it says."""
    assert is_gsm(answer), said
    digits = re.sub(r"[\s().-]", "", answer)
    assert not [phone for phone in PHONES.values() if phone[-10:] in digits], said

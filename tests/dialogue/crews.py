"""People who text about duty: a roster that keeps what their texts arrange, and a clock."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec

from bugglio.alert import Alert
from bugglio.asking import Asked
from bugglio.dialogue import Reply, Scene, meant, reply
from bugglio.grammar import parse
from bugglio.phone import Phone
from bugglio.roster import MINUTE, Cover, Engineer, Roster, Rotation, Step, Team

NINE = 1_770_022_800_000
"""Monday 2026-02-02T09:00:00Z: Ana's week begins."""
PEOPLE = {
    "ana": Engineer("ana", "Ana Lima", "+14155550101", timezone="America/New_York"),
    "ben": Engineer("ben", "Ben Ode", "+14155550102"),
    "cy": Engineer("cy", "Cy Aoki", "+14155550103"),
    "dee": Engineer("dee", "Dee Ray", "+14155550104", admin=True),
}
WEEKS = Rotation("primary", ("ana", "ben"), datetime.fromisoformat("2026-01-05T09:00"))
SECOND = Rotation("secondary", next_of="primary")


def team(name: str = "shop", *rotations: Rotation, **more: Any) -> Team:
    """A team in London, of which step 1 pages the first rotation."""
    named = {one.id: one for one in rotations or (WEEKS,)}
    fields = {"timezone": "Europe/London", "projects": (f"{name}-api",), "rotations": named, **more}
    return Team(name, fields.pop("steps", (Step((next(iter(named)),)),)), **fields)


def roster(*teams: Team) -> Roster:
    """These teams, with Dee as the last resort."""
    return Roster(PEOPLE, {one.id: one for one in teams or (team(),)}, "dee", version=1)


class Crew:
    """Phones, a roster and a clock; what a text arranges is so from then on."""

    def __init__(self, people: Roster | None = None, now: int = NINE) -> None:
        self.roster = people or roster()
        self.now = now
        self.phones: dict[str, Phone] = {}
        self.alerts: dict[str, Alert] = {}
        self.told: dict[str, list[str]] = {}
        self._texts = 0

    def wait(self, *, minutes: float = 0, hours: float = 0) -> None:
        self.now += int((minutes + 60 * hours) * MINUTE)

    def alert(self, code: int = 417, owner: str = "shop", **more: Any) -> None:
        """An alert that is open."""
        made = Alert(mark="m", team=owner, code=code, error_class="TypeError", project=f"{owner}-api", opened=self.now)
        self.alerts[str(code)] = msgspec.structs.replace(made, **more)

    def reply(self, who: str, text: str) -> Reply:
        """What a text comes to."""
        self._texts += 1
        command, phone = parse(text), self.phones.get(who, Phone())
        known = {*map(str, command.codes), *meant(command, phone, self.now)}
        scene = Scene(
            now=self.now,
            who=self.roster.engineers[who],
            phone=phone,
            alerts={key: one for key, one in self.alerts.items() if one.is_open or key in known},
            named={code: str(code) for code in command.codes if str(code) in self.alerts},
            roster=self.roster,
            known=self.phones,
            id=f"SM{self._texts}",
        )
        return reply(command, scene)

    def text(self, who: str, text: str) -> str:
        """Text, and let it be so; the answer."""
        said = self.reply(who, text)
        self.phones[who] = said.phone
        self.alerts.update(said.changed)
        self._arrange(said)
        for name, told in said.tells:
            self.told.setdefault(name, []).append(told)
        for question in said.questions:
            self.told.setdefault(question.to.id, []).append(question.text)
            self._put(question.to.id, question.asked)
        return said.answer

    def _arrange(self, said: Reply) -> None:
        def left(some: tuple[Any, ...], fresh: tuple[Any, ...]) -> tuple[Any, ...]:
            return (*(one for one in some if one.id not in said.uncovers), *fresh)

        self.roster = replace(
            self.roster,
            covers=left(self.roster.covers, said.covers),
            quiets=left(self.roster.quiets, said.quiets),
            mutes=left(self.roster.mutes, said.mutes),
        )

    def _put(self, who: str, asked: Asked) -> None:
        phone = self.phones.get(who, Phone())
        put = msgspec.structs.replace(asked, at=self.now)
        self.phones[who] = msgspec.structs.replace(phone, begun=(put, *phone.begun))

    def heard(self, who: str) -> list[str]:
        """What somebody was told since the last look."""
        return self.told.pop(who, [])

    @property
    def covers(self) -> list[Cover]:
        """The overrides that there are."""
        return list(self.roster.covers)

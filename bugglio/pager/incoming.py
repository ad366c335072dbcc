"""A text that came in, and what is kept of it."""

import re
from dataclasses import dataclass

from bugglio import codes, fading
from bugglio import phone as phones
from bugglio.figures import COUNTED_AFTER
from bugglio.grammar import Command, parse
from bugglio.phone import Phone
from bugglio.redact import short
from bugglio.store import ABSENT, Reading, Write
from bugglio.store.change import change

BODY = 1_600
TALLY_AT = "tally_at"
"""Field of what is kept of a text: when its answer, a text too, is counted; there until it was."""
CODE = re.compile(r"[1-9][0-9]{0,8}")


@dataclass(frozen=True)
class Text:
    """A text that came in."""

    sid: str
    number: str
    body: str
    command: Command

    @property
    def path(self) -> str:
        """Where it is kept."""
        return f"texts/{self.sid}"

    @property
    def codes(self) -> tuple[int, ...]:
        """The codes in it, or in what it nearly is; a note may begin with one."""
        command = parse(self.command.near) if self.command.near else self.command
        first = command.rest.partition(" ")[0].strip("#.:,")
        noted = command.verb == "note" and CODE.fullmatch(first) is not None
        return (*command.codes, int(first)) if noted else command.codes

    def kept(self, now: int, who: str, answer: str) -> Write:
        """What is kept of it: a second delivery gets the same answer."""
        fields = {"v": 1, "at": now, "from": short(self.number), "who": who, "body": self.body[:BODY], "answer": answer}
        counted = {TALLY_AT: now + COUNTED_AFTER} if answer else {}
        return Write(self.path, ABSENT, put={**fields, **counted, fading.FIELD: fading.after(now)})

    def phone(self, reading: Reading, phone: Phone) -> Write:
        """What its phone becomes."""
        where = phones.path(phones.phone_id(self.number))
        return change(where, reading.get(where), phones.dump(phone))

    def named(self, reading: Reading, phone: Phone) -> dict[int, str]:
        """The codes that it, or the did-you-mean that it agrees to, is about, and the alerts they name."""
        found = {code: reading.get(codes.path(code)) for code in self.codes}
        named = {code: str(document.fields["alert"]) for code, document in found.items() if document is not None}
        asked = phone.asked
        return dict(zip(asked.codes, asked.alerts, strict=False)) | named if asked and asked.what == "near" else named

    def closed(self, reading: Reading) -> list[str]:
        """The alerts that it names and that are closed; those that are open are found among the open ones."""
        found = [reading.get(codes.path(code)) for code in self.codes]
        return [str(one.fields["alert"]) for one in found if one is not None and "closed_at" in one.fields]

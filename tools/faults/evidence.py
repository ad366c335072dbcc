"""All that is known of a run when it is over: what was asked, what arrived, what the store holds. Kept in a folder."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bugglio.store import Document, Store
from bugglio.store.port import BY_ID
from tools.faults.traps import DEEDS

Fields = Mapping[str, Any]
JOURNAL = "journal.jsonl"
COLLECTIONS = ("history", "pages", "alerts", "unrouted", "texts", "pulse")
"""Closings and pages first: an alert that is read later knows of each of them."""
OPTIONAL = ("pulse",)
"""What a folder may lack: without it no outage excuses a late step, so that its lack hides nothing."""
AT_ONCE = 300
LINGERS = 5.0
"""Seconds for which a call to the store that met a spoilt wire may go on after that."""


def why(n: int) -> str:
    """The reason that a webhook tells, its own: bugglio puts it on the timeline with what it changes."""
    return f"why {n}"


@dataclass(frozen=True)
class Webhook:
    """One delivery of Bugsnag's: what it was about, when (seconds since 1970), and what was answered (0: nothing)."""

    n: int
    project: str
    error: str
    trigger: str
    sent: float
    answered: float = 0.0
    status: int = 0
    answer: dict[str, Any] = field(default_factory=dict)

    @property
    def taken(self) -> bool:
        """Whether it was answered 2xx."""
        return 200 <= self.status < 300

    @property
    def outcome(self) -> str:
        """What bugglio said became of it."""
        return str(self.answer.get("outcome", ""))

    def is_named_by(self, line: Fields) -> bool:
        """Whether a line of a timeline says that it came of this webhook."""
        return bool(line.get("detail") == why(self.n))


@dataclass(frozen=True)
class Arrival:
    """A text that Twilio took, or a call: to whom, its words (of a call none), its end, the page it belongs to."""

    to: str
    body: str
    status: str
    page: str
    spoken: bool = False

    @property
    def arrived(self) -> bool:
        """Whether it reached its phone, or may yet."""
        return self.status not in ("failed", "undelivered", "busy", "no-answer", "canceled")


@dataclass(frozen=True)
class Evidence:
    """What the audit looks at. Times are milliseconds, but for those of webhooks and deeds."""

    webhooks: Sequence[Webhook]
    arrivals: Sequence[Arrival]
    alerts: Mapping[str, Fields]
    pages: Mapping[str, Fields]
    unrouted: Sequence[Fields]
    texts: Mapping[str, Fields]
    """Texts from phones as they are kept, by Twilio's name of them ..."""
    answered: Sequence[str]
    """... and the names of those to which bugglio gave a good answer."""
    deeds: Sequence[Fields]
    outage: tuple[int, int]
    """From when to when nobody could be texted, because Twilio refused account or sender; both 0: never."""
    steps: Mapping[str, Sequence[tuple[Sequence[str], int]]]
    """Whom each team's steps ask, one after another, and for how many milliseconds."""
    at: int
    """The store's time at which it was read."""
    calm_since: int
    """When the last fault was over."""
    ticks: int
    """How often the tick was called ..."""
    ticked: int | None = None
    """... and answered 2xx; None: unknown, in a folder that does not say."""
    cuts: Sequence[tuple[float, float]] = ()
    """From when to when (seconds since 1970) an instance's way to its store was spoilt."""
    closings: Mapping[str, Fields] = field(default_factory=dict)
    """What closed alerts left for the figures."""


def keep(folder: Path, webhooks: Sequence[Webhook], facts: Fields) -> None:
    """Put down what only this process knows; `facts` are the last fields of `Evidence`."""
    lines = (json.dumps(asdict(one)) for one in sorted(webhooks, key=lambda one: one.n))
    (folder / "webhooks.jsonl").write_text("".join(f"{line}\n" for line in lines))
    (folder / "facts.json").write_text(json.dumps(facts))


def dump(store: Store, folder: Path) -> None:
    """Put down what the store holds."""
    for collection in COLLECTIONS:
        lines = (json.dumps({"id": one.id, **one.fields}) for one in every(store, collection))
        (folder / f"{collection}.jsonl").write_text("".join(f"{line}\n" for line in lines))


def every(store: Store, collection: str) -> Iterator[Document]:
    """Every document of a collection."""
    last: Document | None = None
    while True:
        some = store.query(collection, BY_ID, limit=AT_ONCE, after=last)
        yield from some
        if len(some) < AT_ONCE:
            return
        last = some[-1]


def read(folder: Path) -> Evidence:
    """What a run has left in its folder. Raises `FileNotFoundError` when something is missing there."""
    kept = {name: {one["id"]: one for one in _collection(folder, name)} for name in COLLECTIONS}
    journal = _lines(folder / JOURNAL)
    webhooks = [Webhook(**one) for one in _lines(folder / "webhooks.jsonl")]
    return Evidence(
        webhooks=webhooks,
        arrivals=_arrivals(journal),
        alerts=kept["alerts"],
        pages=kept["pages"],
        unrouted=list(kept["unrouted"].values()),
        texts=kept["texts"],
        answered=[sid for sid, one in _texts(journal).items() if _is_answered(one)],
        deeds=_lines(folder / DEEDS),
        outage=_outage(kept["pulse"].get("sender", {})),
        cuts=_cuts(json.loads((folder / "plan.json").read_text())["moments"], webhooks),
        closings=kept["history"],
        **json.loads((folder / "facts.json").read_text()),
    )


def _collection(folder: Path, name: str) -> list[dict[str, Any]]:
    path = folder / f"{name}.jsonl"
    return [] if name in OPTIONAL and not path.exists() else _lines(path)


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().split("\n") if line]


def _cuts(moments: Sequence[Fields], webhooks: Sequence[Webhook]) -> list[tuple[float, float]]:
    """What was planned for ways to the store; the first webhook was sent when the chaos began."""
    began = min((one.sent for one in webhooks), default=0.0)
    spoilt = [one for one in moments if one["what"] == "wire" and one["how"]["to"] == "store"]
    return [(began + one["at"], began + one["at"] + one["how"]["seconds"] + LINGERS) for one in spoilt]


def _outage(sender: Fields) -> tuple[int, int]:
    return sender.get("since", 0), sender.get("until", sender.get("since", 0))


def _arrivals(journal: Sequence[Fields]) -> list[Arrival]:
    """What bugglio sent of its own accord; of each record in the journal the last line counts."""
    calls = {one["call"]["sid"]: one["call"] for one in journal if "call" in one}
    sent = [one for one in _texts(journal).values() if one["direction"] == "outbound-api"]
    return [
        *(Arrival(one["to"], one["body"], one["status"], _page(one["callback"])) for one in sent),
        *(Arrival(one["to"], "", one["status"], _page(one["callback"]), spoken=True) for one in calls.values()),
    ]


def _texts(journal: Sequence[Fields]) -> Mapping[str, Fields]:
    return {one["message"]["sid"]: one["message"] for one in journal if "message" in one}


def _is_answered(text: Fields) -> bool:
    """Whether it came from a phone, and Twilio found nothing wrong with what was answered in the end."""
    return bool(text["direction"] == "inbound" and text["error_code"] is None)


def _page(callback: str) -> str:
    return parse_qs(urlsplit(callback).query).get("page", [""])[0]

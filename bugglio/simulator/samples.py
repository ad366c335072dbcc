"""
Bugsnag's webhook bodies, made up in the shape of real ones: every trigger, every state change, every generation.

Errors belong to an invented company with three projects. `Bugsnag.make(name)` builds the body of one sample:
"new-error" begins another error each time, what speaks of "the last error" is about that one, and every other
sample names the same error whenever it is sent.
"""

import copy
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bugglio.simulator.records import iso

Payload = dict[str, Any]

COMPANY = {"id": "64a1f0c2d4b7e80013a9c001", "name": "Harbor Goods"}
PROJECTS = {
    "checkout-api": "64a1f1a8d4b7e80013a9c0a1",
    "web": "64a1f1b3d4b7e80013a9c0b2",
    "warehouse-sync": "64a1f1c9d4b7e80013a9c0c3",
}
_PERSON = {"id": "64a1f20bd4b7e80013a9c0d4", "name": "Mara Quint", "email": "mara@harborgoods.example"}
_HOUR = 3_600_000


@dataclass(frozen=True)
class Fault:
    """What is the same in every event of one error."""

    project: str
    kind: str
    message: str
    context: str
    stage: str = "production"
    severity: str = "error"
    unhandled: bool = True
    version: str = "2.14.3"
    app: str = "express"
    group: str = ""


_FAULTS = (
    Fault("checkout-api", "TypeError", "Cannot read properties of undefined (reading 'id')", "cart#create"),
    Fault(
        "checkout-api", "PaymentGatewayTimeout", "no answer from acquirer after 8000 ms", "orders#pay", unhandled=False
    ),
    Fault("web", "ChunkLoadError", "Loading chunk 7 failed", "/checkout/address", app="browser", version="5.2.0"),
    Fault("checkout-api", "SequelizeConnectionError", 'too many connections for role "shop"', "orders#index"),
    Fault("warehouse-sync", "KeyError", "'sku'", "tasks.stock.reconcile", app="celery", version="0.9.1"),
    Fault("web", "ReferenceError", "gtag is not defined", "/", app="browser", version="5.2.0", severity="warning"),
)
_FIXED = {
    "timeout": Fault("web", "TimeoutError", "Navigation timeout of 30000 ms exceeded", "/search", app="browser"),
    "staging": Fault("checkout-api", "ValueError", "invalid literal for int()", "admin#import", stage="staging"),
    "info": Fault(
        "checkout-api", "DeprecatedCall", "v1/cart is still used", "v1/cart#show", severity="info", unhandled=False
    ),
    "awkward": Fault(
        "web",
        "Błąd“Syntax”Error",
        "<script>alert('x')</script> Unerwartetes Ende … bei „größe“ 🛒 see https://harborgoods.example/help?q=1 "
        "\u202e and then the same sentence goes on and on so that nobody could fit it into a single text, "
        "not even by leaving out",
        "/<checkout>/übersicht",
        app="browser",
    ),
    "old-shape": Fault("warehouse-sync", "NoMethodError", "undefined method `qty' for nil:NilClass", "stock#sync"),
    "new-shape": Fault("checkout-api", "RangeError", "Invalid array length", "cart#update"),
}


@dataclass(frozen=True)
class Sample:
    """A button: its name in requests, its title, its group on the page, the trigger it sends."""

    name: str
    title: str
    group: str
    trigger: str
    hint: str = ""


ERROR, PROJECT, PEOPLE, SHAPES = "An error", "The project", "People in Bugsnag", "Other shapes"

SAMPLES: dict[str, Sample] = {
    sample.name: sample
    for sample in (
        Sample("new-error", "New error", ERROR, "firstException", "another error each time"),
        Sample("exception", "The last error again", ERROR, "exception", "one more event of it"),
        Sample("repeat", "That delivery once more", ERROR, "exception", "word for word, as a retry"),
        Sample("power-ten", "Its 100th event", ERROR, "powerTen"),
        Sample("frequency", "10 events in 1h", ERROR, "errorEventFrequency"),
        Sample("reopened", "It re-occurs after a fix", ERROR, "reopened"),
        Sample("timeout", "A timeout in web", ERROR, "firstException", "always the same error"),
        Sample("staging", "An error in staging", ERROR, "firstException"),
        Sample("info", "A mere info", ERROR, "firstException"),
        Sample("awkward", "An awkward message", ERROR, "firstException", "long, markup, umlauts"),
        Sample("spike", "Spike in web", PROJECT, "projectSpiking", "with an error"),
        Sample("spike-bare", "Spike, no error named", PROJECT, "projectSpiking"),
        Sample("release", "New release", PROJECT, "release"),
        Sample("sampling", "Events are dropped", PROJECT, "projectSamplingStarted"),
        Sample("rate-limit", "Close to the rate limit", PROJECT, "projectApproachingRateLimit"),
        Sample("fixed", "Marks it fixed", PEOPLE, "errorStateManualChange"),
        Sample("reopened-by-hand", "Reopens it", PEOPLE, "errorStateManualChange"),
        Sample("snoozed", "Snoozes for 6 hours", PEOPLE, "errorStateManualChange"),
        Sample("snoozed-events", "Snoozes for 1 more event", PEOPLE, "errorStateManualChange"),
        Sample("snoozed-users", "Snoozes for 10 more users", PEOPLE, "errorStateManualChange"),
        Sample("snoozed-rate", "Snoozes until 10 an hour", PEOPLE, "errorStateManualChange"),
        Sample("snooze-cancelled", "Cancels the snooze", PEOPLE, "errorStateManualChange"),
        Sample("ignored", "Ignores it", PEOPLE, "errorStateManualChange"),
        Sample("unignored", "Stops ignoring it", PEOPLE, "errorStateManualChange"),
        Sample("comment", "Comments on it", PEOPLE, "comment"),
        Sample("test-button", "Bugsnag's test button", SHAPES, "exception", "dated 2015, same ids"),
        Sample("old-shape", "As in 2014", SHAPES, "exception", "old field names"),
        Sample("new-shape", "With exceptions[]", SHAPES, "firstException", "the newest notifiers"),
    )
}
"""Every sample by its name, in the order of the page."""

_CHANGES: dict[str, tuple[str, str, str, Payload | None]] = {
    "fixed": ("fixed", "fixed", "Error marked as fixed by {0}", None),
    "reopened-by-hand": ("reopened", "open", "Fixed error reopened by {0}", None),
    "snoozed": (
        "snoozed",
        "snoozed",
        "Error snoozed for 6 hours by {0}",
        {"ruleType": "occurs_after", "ruleValue": 21600},
    ),
    "snoozed-events": (
        "snoozed",
        "snoozed",
        "Error snoozed until after 1 more occurrence by {0}",
        {"ruleType": "occurrences", "ruleValue": 1},
    ),
    "snoozed-users": (
        "snoozed",
        "snoozed",
        "Error snoozed until it impacts an additional 10 users by {0}",
        {"ruleType": "affected_users", "ruleValue": 10},
    ),
    "snoozed-rate": (
        "snoozed",
        "snoozed",
        "Error snoozed until this occurs at least 10 times/hour by {0}",
        {"ruleValue": 10},
    ),
    "snooze-cancelled": ("snoozeCancelled", "open", "Snooze cancelled by {0}", None),
    "ignored": ("ignored", "ignored", "Error marked as ignored by {0}", None),
    "unignored": ("unignored", "open", "Error unignored by {0}", None),
}
_MARKS = {
    "firstException": "nw",
    "exception": "nw",
    "powerTen": "fq",
    "errorEventFrequency": "ef",
    "reopened": "ra",
    "projectSpiking": "sp",
    "release": "nr",
    "comment": "cm",
}


@dataclass
class _Seen:
    """How often an error has been sent, and when first."""

    occurrences: int = 0
    first: int = 0
    event: str = ""
    received: int = 0


@dataclass
class Bugsnag:
    """The errors that were sent so far. Not safe by itself: the simulator's lock guards it."""

    clock: Callable[[], int]
    last: Fault | None = None
    _seen: dict[str, _Seen] = field(default_factory=dict)
    _begun: int = 0
    _sent: Payload | None = None

    def make(self, name: str) -> Payload:
        """Build the body of a sample, as of now. Raises KeyError for a name that is not in `SAMPLES`."""
        sample = SAMPLES[name]
        if name == "repeat" and self._sent is not None:
            return copy.deepcopy(self._sent)
        body = self._build(name, sample)
        self._sent = copy.deepcopy(body)
        return body

    def _build(self, name: str, sample: Sample) -> Payload:
        if name in _CHANGES:
            return self._changed(name)
        if sample.group == PROJECT:
            return self._project(name, sample)
        special = {
            "comment": self._comment,
            "test-button": _test_button,
            "old-shape": self._old,
            "new-shape": self._new,
        }
        if name in special:
            return special[name]()
        return self._event(sample.trigger, self._fault(name))

    def _fault(self, name: str) -> Fault:
        if name == "new-error":
            self.last = self._begin()
        elif name in _FIXED:
            self.last = _fixed(name)
        return self._current()

    def _current(self) -> Fault:
        if self.last is None:
            self.last = self._begin()
        return self.last

    def _begin(self) -> Fault:
        fault = _FAULTS[self._begun % len(_FAULTS)]
        self._begun += 1
        return Fault(**{**fault.__dict__, "group": secrets.token_hex(12)})

    def _event(self, trigger: str, fault: Fault) -> Payload:
        seen = self._count(fault, trigger)
        words = "unhandled" if fault.unhandled else "handled"
        message = {
            "firstException": f"New {words} error",
            "exception": f"New {words} error" if seen.occurrences == 1 else "New event",
            "powerTen": "100th event",
            "errorEventFrequency": "10 events in 1h",
            "reopened": "Fixed error re-occurred",
        }[trigger]
        return self._body(fault.project, trigger, message, error=self._error(fault, seen, _MARKS[trigger]))

    def _count(self, fault: Fault, trigger: str) -> _Seen:
        now = self.clock()
        seen = self._seen.setdefault(fault.group, _Seen(first=now))
        grown = {"powerTen": 100, "errorEventFrequency": max(10, seen.occurrences + 9)}
        seen.occurrences = max(seen.occurrences + 1, grown.get(trigger, 0))
        seen.event, seen.received = secrets.token_hex(12), now
        return seen

    def _known(self) -> tuple[Fault, _Seen]:
        """Return the last error without a new event: state changes repeat the id of its newest event."""
        fault = self._current()
        return fault, self._seen.get(fault.group) or self._count(fault, "exception")

    def _body(self, project: str, trigger: str, message: str, **more: Any) -> Payload:
        mark = f"?i=wh&m={_MARKS.get(trigger, 'rl')}"
        home = f"https://app.bugsnag.com/harbor-goods/{project}"
        return {
            "account": {**COMPANY, "url": f"https://app.bugsnag.com/accounts/harbor-goods{mark}"},
            "project": {"id": PROJECTS[project], "name": project, "url": home + mark},
            "trigger": {"type": trigger, "message": message},
            **more,
        }

    def _error(self, fault: Fault, seen: _Seen, mark: str, status: str = "open") -> Payload:
        home = f"https://app.bugsnag.com/harbor-goods/{fault.project}/errors/{fault.group}"
        received = iso(seen.received)
        return {
            "id": seen.event,
            "errorId": fault.group,
            "exceptionClass": fault.kind,
            "message": fault.message,
            "context": fault.context,
            "appVersion": fault.version,
            "releaseStage": fault.stage,
            "occurrences": seen.occurrences,
            "firstReceived": iso(seen.first // 1000 * 1000),
            "receivedAt": received,
            "requestUrl": f"https://shop.harborgoods.example/{fault.context.replace('#', '/').lstrip('/')}",
            "userId": "user-3117",
            "url": f"{home}?event_id={seen.event}&i=wh&m={mark}",
            "severity": fault.severity,
            "status": status,
            "unhandled": fault.unhandled,
            "app": {"version": fault.version, "releaseStage": fault.stage, "type": fault.app},
            "device": {"hostname": "shop-7d9c", "osName": "linux", "osVersion": "6.1", "time": received},
            "user": {"id": "user-3117", "name": "Ida Sorrel", "email": "ida@customer.example"},
            "metaData": {"request": {"method": "POST", "client": "198.51.100.23"}},
            "stackTrace": _trace(fault),
            "breadcrumbs": [{"name": "cart opened", "timestamp": received, "type": "user", "metaData": {"items": 3}}],
        }

    def _changed(self, name: str) -> Payload:
        change, status, message, rule = _CHANGES[name]
        fault, seen = self._known()
        mark = {"fixed": "fx", "reopened": "rm", "snoozed": "sn", "snoozeCancelled": "sc"}.get(change, "ig")
        error = self._error(fault, seen, mark, status)
        words = message.format(_PERSON["name"])
        body = self._body(fault.project, "errorStateManualChange", words, error=error, user=dict(_PERSON))
        body["trigger"]["stateChange"] = change
        if rule is not None:
            body["trigger"]["snoozeRule"] = dict(rule)
        return body

    def _comment(self) -> Payload:
        fault, seen = self._known()
        comment = {"id": secrets.token_hex(12), "message": "Looks like the deploy of 14:02. Rolling back."}
        error = self._error(fault, seen, "cm")
        return self._body(fault.project, "comment", "Comment added", error=error, user=dict(_PERSON), comment=comment)

    def _project(self, name: str, sample: Sample) -> Payload:
        if name == "release":
            return self._body("checkout-api", "release", "New release", release=self._release())
        if not name.startswith("spike"):
            words = {"sampling": "Project is being rate limited", "rate-limit": "Project is approaching its rate limit"}
            return self._body("web", sample.trigger, words[name])
        body = self._body("web", "projectSpiking", "Spike in errors")
        body["trigger"]["rate"] = 1240
        if name == "spike":
            self.last = _fixed("timeout")
            body["error"] = self._error(self.last, self._count(self.last, "exception"), "sp")
        return body

    def _release(self) -> Payload:
        return {
            "id": secrets.token_hex(12),
            "version": "2.15.0",
            "releaseStage": "production",
            "url": "https://app.bugsnag.com/harbor-goods/checkout-api/overview?release_stage=production&i=wh&m=nr",
            "releaseTime": iso(self.clock()),
            "releasedBy": _PERSON["name"],
            "sourceControl": {
                "provider": "github",
                "revision": "9f2c1ab",
                "diffUrl": "https://github.com/harbor/compare",
            },
        }

    def _old(self) -> Payload:
        self.last = _fixed("old-shape")
        body = self._event("exception", self.last)
        body["project"]["apiKey"] = "0f3d" * 8
        error = body["error"]
        error["stacktrace"] = [
            {**frame, "lineNumber": int(frame["lineNumber"]), "columnNumber": None} for frame in error.pop("stackTrace")
        ]
        error["appVersion"], error["createdIssue"] = None, {}
        for key in ("occurrences", "unhandled", "breadcrumbs"):
            del error[key]
        return body

    def _new(self) -> Payload:
        self.last = _fixed("new-shape")
        body = self._event("firstException", self.last)
        error = body["error"]
        outer = {"errorClass": error["exceptionClass"], "message": error["message"], "type": "nodejs"}
        inner = {"errorClass": "ItemLimit", "message": "4294967296 items", "type": "nodejs", "stacktrace": []}
        error["exceptions"] = [{**outer, "stacktrace": error["stackTrace"]}, inner]
        return body


def _fixed(name: str) -> Fault:
    return Fault(**{**_FIXED[name].__dict__, "group": (name.encode().hex() + "5eed" * 6)[:24]})


def _trace(fault: Fault) -> list[Payload]:
    file = "src/" + (fault.context.strip("/#<>").split("#")[0] or "index")
    frame = {"lineNumber": "42", "columnNumber": "17", "method": fault.context, "inProject": True}
    return [{"file": file, **frame, "code": {"41": "// the basket may be empty", "42": "return basket.items[0].id"}}]


def _test_button() -> Payload:
    return {
        "account": {**COMPANY, "url": "https://app.bugsnag.com/accounts/harbor-goods?i=wh&m=te"},
        "project": {
            "id": PROJECTS["checkout-api"],
            "name": "checkout-api",
            "url": "https://app.bugsnag.com/harbor-goods/checkout-api?i=wh&m=te",
        },
        "trigger": {"type": "exception", "message": "Test error"},
        "error": {
            "id": "54e0a1b2c3d4e5f600000001",
            "errorId": "54e0a1b2c3d4e5f600000002",
            "exceptionClass": "ExampleException",
            "message": "This is only a test",
            "context": "example#show",
            "appVersion": "1.0",
            "releaseStage": "production",
            "firstReceived": "2014-02-25T06:16:02.000Z",
            "receivedAt": "2015-01-01T00:00:00.000Z",
            "url": "https://app.bugsnag.com/errors/example/events/example?i=wh&m=te",
            "severity": "error",
            "status": "open",
            "unhandled": True,
            "app": {"releaseStage": "production"},
            "device": {},
            "user": {},
            "stackTrace": [],
            "breadcrumbs": [],
        },
    }

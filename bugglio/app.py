"""Builds everything, once, on first use, and hands requests to the doors."""

import functools
import logging
import os
import random
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from werkzeug import Request, Response

from bugglio import journal, logs, probe
from bugglio.carrier import TwilioCarrier
from bugglio.config import ConfigurationError, Settings, read_settings
from bugglio.doors import http
from bugglio.doors.bugsnag import BugsnagDoor
from bugglio.doors.calendar import CalendarDoor
from bugglio.doors.health import HealthDoor
from bugglio.doors.http import Refused
from bugglio.doors.pages import Pages, PagesDoor
from bugglio.doors.tick import TickDoor
from bugglio.doors.twilio import SmsDoor, StatusDoor, TwilioCaller
from bugglio.pager.claiming import Claims
from bugglio.pager.conversation import Conversation
from bugglio.pager.emergency import Emergency
from bugglio.pager.feeds import Feeds
from bugglio.pager.intake import Intake
from bugglio.pager.kit import Kit
from bugglio.pager.outcomes import Outcomes
from bugglio.pager.ports import Carrier, Tracker, Web
from bugglio.pager.records import Records
from bugglio.pager.rosters import Rosters
from bugglio.pager.rounds import Rounds
from bugglio.pager.sending import Sender
from bugglio.pager.settling import Settling
from bugglio.pager.statuses import Statuses
from bugglio.pager.steps import Steps
from bugglio.pager.ticking import Ticking
from bugglio.pager.wellbeing.health import Health
from bugglio.pager.wellbeing.heartbeat import Heartbeat
from bugglio.pager.wellbeing.selftest import Proof, SelfTest
from bugglio.pager.wellbeing.watching import Watching
from bugglio.redact import guard
from bugglio.roster import Roster
from bugglio.scheduler import Certificates, SchedulerTokens
from bugglio.secret import Configuration, is_on_google_cloud, load
from bugglio.signature import signed
from bugglio.store import Store
from bugglio.store.chronicled import Chronicled
from bugglio.store.late import LateStore
from bugglio.store.pooled import Pooled
from bugglio.store.retry import running_time
from bugglio.tracker import BugsnagTracker
from bugglio.trouble import Trouble
from bugglio.web import PlainWeb

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

log = logging.getLogger(__name__)

Door = Callable[[Request], Response]
Alarm = Callable[[BaseException, str], None]


@dataclass(frozen=True)
class Parts:
    """What stands in for the real world's, where a test or a laptop has its own."""

    store: Store | None = None
    carrier: Carrier | None = None
    roster: Callable[[], Roster] | None = None
    uptime: Callable[[], float] = running_time
    sleep: Callable[[float], None] = time.sleep
    certificates: Callable[[], Certificates] | None = None
    draw: random.Random = field(default_factory=random.SystemRandom)
    tracker: Tracker | None = None
    web: Web = field(default_factory=PlainWeb)


@dataclass(frozen=True)
class Works:
    """The pager as one set of settings makes it."""

    settings: Settings
    kit: Kit
    ticking: Ticking
    doors: Mapping[str, Door]


class App:
    """Serves the doors with the settings of the moment."""

    def __init__(self, settings: Callable[[], Settings], alarm: Alarm, parts: Parts | None = None) -> None:
        """`settings` is asked at each request; when it gives others, the pager is built anew on the same store."""
        self._settings = settings
        self._alarm = alarm
        self._parts = parts or Parts()
        self._lock = threading.Lock()
        self._works: Works | None = None
        self._late: LateStore | None = None

    @property
    def works(self) -> Works:
        """The pager; raises `ConfigurationError` while its settings are unusable, `Unreachable` without a store."""
        works = self._assembled()
        if self._late is not None:
            self._late.open()
        return works

    def _assembled(self) -> Works:
        """The pager, whether or not its store can be opened: a door does without it what can be done."""
        settings = self._settings()
        with self._lock:
            if self._works is None or self._works.settings is not settings:
                store = self._works.kit.store if self._works else self._told_of(settings)
                self._works = assemble(settings, store, self._alarm, self._parts)
            return self._works

    def _told_of(self, settings: Settings) -> Store:
        """The store, whose changes are told to the journal."""
        if self._parts.store is not None:
            return Chronicled(Pooled(self._parts.store))
        self._late = LateStore(lambda: open_store(settings))
        return Chronicled(Pooled(self._late))

    def close(self) -> None:
        """Let go of the store, if it was ever opened."""
        with self._lock:
            works, self._works = self._works, None
        if works is not None:
            works.kit.store.close()

    def serve(self, name: str, request: Request) -> Response:
        """Answer a request at this door, or, for `bugglio`, at the door that its path names."""
        with journal.request(request.headers):
            return http.streamed(self._answer(name, request))

    def _answer(self, name: str, request: Request) -> Response:
        try:
            works = self._assembled()
            at = name if name in works.doors and name != "admin" else _door_at(name, request.path, works.settings)
            journal.enter(at)
            if not at:
                return http.plain(404, "There is nothing at this address.")
            question = request.headers.get(probe.HEADER)
            if request.method == "GET" and probe.is_question(question):
                return _proof(works.settings, at, str(question))
            return works.doors[at](request)
        except Refused as refused:
            journal.tell("request-refused", f"Refused: {refused.sentence}", status=refused.status)
            return refused.answer()
        except ConfigurationError as error:
            journal.tell("not-configured", f"bugglio is not configured: {' '.join(error.faults)}", journal.ERROR)
            return _not_configured(name, request)
        except Exception as error:  # noqa: BLE001 - a caller never sees a traceback, and the fault must be reported
            self._alarm(error, f"door {name}")
            return http.plain(500, "Something went wrong in bugglio; it has been reported.")

    def wsgi(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """All doors under one address, for a server of one's own."""
        answer = self.serve("bugglio", Request(environ))
        # Such a server keeps its connections itself, and fails where an app has a say in them (PEP 3333).
        answer.headers.pop("Connection", None)
        return answer(environ, start_response)


PATHS = {
    "/bugsnag": "bugsnag",
    "/sms": "sms",
    "/sms-status": "sms_status",
    "/tick": "tick",
    "/health": "health",
    "/admin/health": "health",
}
ADMIN = "/admin"
CALENDAR = "/admin/calendar/"


def _door_at(name: str, path: str, settings: Settings) -> str:
    """
    The door that a path names, with or without the public address's own path before it.

    Of `admin`, deployed alone, everything lies below `/admin`, whether or not the path still says so.
    """
    from urllib.parse import urlsplit

    own = urlsplit(settings.bugglio_public_url).path
    below = path.removeprefix(own) if own and path.startswith(f"{own}/") else path
    if name == "admin" and not f"{below}/".startswith(f"{ADMIN}/"):
        below = ADMIN + below
    if below.startswith(CALENDAR):
        return "calendar"
    return PATHS.get(below.rstrip("/"), "admin" if f"{below}/".startswith(f"{ADMIN}/") else "")


def _proof(settings: Settings, door: str, question: str) -> Response:
    """What only this deployment can answer."""
    answer = http.plain(405, "This is a probe's answer.")
    answer.headers["Allow"] = "POST"
    answer.headers[probe.HEADER] = probe.proof(settings.flask_secret_key, door.replace("_", "-"), question)
    return answer


def _not_configured(name: str, request: Request) -> Response:
    """Where the public address has a path is not known now; what ends like the health's address is taken for it."""
    if name in ("bugglio", "admin") and request.path.rstrip("/").endswith("/health"):
        return http.facts(503, {"up": False})
    return http.plain(503, "bugglio is not configured; its log says what is wrong.")


def assemble(settings: Settings, store: Store, alarm: Alarm, parts: Parts) -> Works:
    """The pager and its doors."""
    rosters = Rosters(store, settings.on_duty, parts.uptime)
    carrier = parts.carrier or twilio(settings)
    people = parts.roster or rosters
    bugsnag = parts.tracker or tracker(settings)
    budget, last_resort = settings.bugglio_sms_per_day, settings.on_duty
    kit = Kit(store, carrier, people, alarm, rosters.forget, parts.uptime, parts.draw, bugsnag, budget, last_resort)
    steps = Steps(kit)
    outcomes = Outcomes(kit, steps)
    claims = Claims(kit)
    sender = Sender(kit, claims, outcomes)
    rounds = Rounds(kit, steps, sender, Settling(kit, outcomes))
    watching = Watching(kit, Heartbeat(parts.web, settings.bugglio_heartbeat_url))
    conversation, feeds = Conversation(kit, sender), Feeds(kit)
    selftest = SelfTest(kit, parts.web, settings.door_url("/bugsnag"), settings.bugsnag_webhook_token[0])
    ticking = Ticking(kit, rounds, watching, selftest, parts.sleep)
    tokens = (settings.twilio_auth_token, settings.twilio_auth_token_secondary)
    doors: dict[str, Door] = {
        "bugsnag": BugsnagDoor(
            settings.bugsnag_webhook_token,
            settings.bugsnag_allowed_ips,
            settings.bugglio_proxy_hops,
            Intake(kit, claims, sender, Records(kit)),
            Emergency(kit, settings.on_duty),
            Proof(kit),
            alarm,
        ),
        "sms": SmsDoor(TwilioCaller(settings.door_url("/sms"), tokens, signed), conversation),
        "sms_status": StatusDoor(
            TwilioCaller(settings.door_url("/sms-status"), tokens, signed), Statuses(kit, outcomes, sender)
        ),
        "tick": TickDoor(_scheduler(settings, parts), ticking, alarm),
        "health": HealthDoor(Health(kit)),
        "calendar": CalendarDoor(feeds),
        "admin": PagesDoor(
            lambda: _pages(settings, kit, sender, conversation, feeds, parts), settings.bugglio_public_url
        ),
    }
    return Works(settings, kit, ticking, doors)


def _pages(
    settings: Settings, kit: Kit, sender: Sender, conversation: Conversation, feeds: Feeds, parts: Parts
) -> Pages:
    """The admin pages; their libraries are loaded here, where somebody asks for a page."""
    from bugglio.admin import Office, build
    from bugglio.pager.applying import Applying
    from bugglio.pager.logins import Codes, Links, Logins

    keys = tuple(filter(None, (settings.flask_secret_key, settings.flask_secret_key_previous)))
    office = Office(
        kit,
        Logins(kit),
        conversation,
        Applying(kit),
        feeds,
        public_url=settings.bugglio_public_url,
        keys=keys,
        codes=Codes(kit, sender, keys),
        links=Links(kit),
        hops=settings.bugglio_proxy_hops,
        price=settings.bugglio_sms_price,
        sleep=parts.sleep,
    )
    return build(office).wsgi_app


def _scheduler(settings: Settings, parts: Parts) -> SchedulerTokens | None:
    if not settings.bugglio_scheduler_account:
        return None
    return SchedulerTokens(settings.bugglio_scheduler_account, settings.door_url("/tick"), parts.certificates)


def twilio(settings: Settings) -> TwilioCarrier:
    """The carrier that the settings name."""
    return TwilioCarrier(
        settings.twilio_account_sid,
        settings.twilio_auth_token,
        caller_id=settings.twilio_caller_id or None,
        messaging_service_sid=settings.twilio_messaging_service_sid or None,
        status_callback=settings.door_url("/sms-status"),
        api_url=settings.twilio_api_url,
    )


def tracker(settings: Settings) -> Tracker | None:
    """Bugsnag's API, where the settings hold a token for it."""
    if not settings.bugsnag_auth_token:
        return None
    return BugsnagTracker(settings.bugsnag_auth_token, api_url=settings.bugsnag_api_url)


def open_store(settings: Settings) -> Store:
    """The store that the settings name."""
    if settings.sqlite_path:
        from bugglio.store.sqlite import SqliteStore

        return SqliteStore(settings.sqlite_path)
    from bugglio.store.firestore import open_firestore

    return open_firestore(settings.google_cloud_project or None, settings.bugglio_firestore_database or None)


def trouble(configuration: Configuration, key: Callable[[], str]) -> Alarm:
    """Tells bugglio's own errors, to Bugsnag where the settings name a project for them."""
    built: dict[str, Trouble] = {}

    def tell(error: BaseException, where: str) -> None:
        name = key()
        if name not in built:
            built[name] = Trouble(name, secrets=lambda: configuration.secrets)
        built[name].report(error, where)

    return tell


def build(environ: Mapping[str, str]) -> App:
    """The app as an environment makes it."""
    held: list[Alarm] = []

    def alarm_of_secret(sentence: str) -> None:
        held[0](RuntimeError(sentence), "configuration")

    configuration = load(environ, alarm=alarm_of_secret)

    def key() -> str:
        try:
            return configuration.current().bugsnag_bugglio_key
        except ConfigurationError:
            return ""

    held.append(trouble(configuration, key))
    guard(lambda: configuration.secrets, logging.getLogger().handlers)
    return App(configuration.current, held[0])


def start(environ: Mapping[str, str] = os.environ) -> None:
    """
    End the process, with every fault on standard error, when functions-framework starts it and it is not configured.

    Elsewhere main.py is only imported (FUNCTION_TARGET says who the framework serves), and on Google Cloud an instance
    that does not start tells nobody why: there each door answers 503.
    """
    if is_on_google_cloud(environ):
        logs.begin(environ)
    if not environ.get("FUNCTION_TARGET") or is_on_google_cloud(environ):
        return
    # In a process of its own when Google's library is needed: gRPC does not survive that the server forks.
    found = _elsewhere(faults, environ) if environ.get("BUGGLIO_SECRET") else faults(environ)
    if found:
        print("bugglio cannot start:", *found, sep="\n  ", file=sys.stderr)  # noqa: T201 - before there is any log
        sys.exit(1)


def faults(environ: Mapping[str, str]) -> Sequence[str]:
    """What keeps an environment from serving; it has no simulator, so nothing of Twilio's may be missing."""
    try:
        if load(environ, alarm=log.error).current().twilio_account_sid:
            return ()
        read_settings(environ, on_google_cloud=False, simulator=False)
    except ConfigurationError as error:
        return error.faults
    return ()


def _elsewhere(work: Callable[[Mapping[str, str]], Sequence[str]], environ: Mapping[str, str]) -> Sequence[str]:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, dict(environ)).result()


@functools.cache
def app() -> App:
    """The app of this process."""
    logs.begin(os.environ)
    return build(os.environ)


def serve(name: str, request: Any) -> Response:
    """What a function of Google Cloud does with a request."""
    return app().serve(name, request)

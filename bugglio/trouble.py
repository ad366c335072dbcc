"""bugglio's own errors: always to the log, and to a Bugsnag project if there is a key. No secret, no phone number."""

import contextvars
import json
import logging
import threading
import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bugglio import __version__, journal
from bugglio.redact import redact, redacted

if TYPE_CHECKING:
    from bugsnag.client import Client
    from bugsnag.event import Event

PATIENCE = 2.0
"""Seconds that a report may hold up whoever makes it; slower ones are left to themselves."""
QUIET = 60_000
"""Milliseconds in which the same error is reported once."""
MOST = 20
"""So many reports go out in that time, however different: each holds up a tick, and Bugsnag counts them."""
REMEMBERED = 100
"""How many different errors are told apart before the oldest are forgotten."""

_log = logging.getLogger(__name__)
_reporting = contextvars.ContextVar("bugglio_reporting", default=False)


def _milliseconds() -> int:
    """A clock that nobody sets back."""
    return time.monotonic_ns() // 1_000_000


@dataclass(frozen=True)
class _Told:
    """When an error was reported last, and how often it has come since."""

    at: int
    held_back: int = 0


class Trouble:
    """
    Reports bugglio's own errors; nothing that goes wrong in reporting reaches the caller.

    Their app type is `bugglio`: by it the webhook that Bugsnag sends about them is known, and does not page about the
    pager in a loop.
    """

    def __init__(
        self,
        key: str = "",
        *,
        secrets: Callable[[], Iterable[str]] = tuple,
        stage: str = "production",
        endpoint: str = "",
        patience: float = PATIENCE,
        clock: Callable[[], int] = _milliseconds,
    ) -> None:
        """
        Report to the Bugsnag project of `key`; without one only to the log.

        `secrets` is asked at each report; `stage` is Bugsnag's release stage; `endpoint` takes the place of Bugsnag's;
        `patience` is in seconds.
        """
        self._key = key
        self._secrets = secrets
        self._stage = stage
        self._endpoint = endpoint
        self._patience = patience
        self._clock = clock
        self._lock = threading.Lock()
        self._told: dict[tuple[str, str], _Told] = {}
        self._went: list[int] = []
        """When the latest reports went out."""
        self._client: Client | None = None

    def report(self, error: BaseException, where: str) -> None:
        """
        Tell of an error; `where` says in which door or step it came up. Never raises, holds nobody up over 2 seconds.

        An error with a text as its `group` is one error in Bugsnag with those of the same group, and with no others.

        The same class at the same place goes out once a minute, and so do 20 in all, without those of a group; the next
        report says how many were held back. Reports made while reporting, in the thread that delivers too, are dropped.
        """
        if _reporting.get():
            return
        token = _reporting.set(True)
        try:
            self._report(error, where)
        except Exception as failure:  # noqa: BLE001 - a fault of reporting must not become a second one of the caller
            _log.error("An error in %s could not be reported (%s).", redact(where), type(failure).__name__)
        finally:
            _reporting.reset(token)

    def _report(self, error: BaseException, where: str) -> None:
        """Log it, and send it if its like has not been sent within the minute."""
        held_back = self._held_back(error, where)
        self._write(error, where, whole=held_back is not None)
        if self._key and held_back is not None:
            self._within_patience(lambda: self._send(error, where, held_back))

    def _held_back(self, error: BaseException, where: str) -> int | None:
        """How many of its like were held back before this one, which is due; None: this one is held back too."""
        kind = (f"{type(error).__module__}.{type(error).__qualname__}", where)
        now = self._clock()
        with self._lock:
            told = self._told.pop(kind, None) or _Told(now - QUIET)
            due = now - told.at >= QUIET and (hasattr(error, "group") or self._has_room(now))
            self._told[kind] = _Told(now) if due else _Told(told.at, told.held_back + 1)
            if len(self._told) > REMEMBERED:
                del self._told[next(iter(self._told))]
        return told.held_back if due else None

    def _has_room(self, now: int) -> bool:
        """Whether one more may go out now, which then counts."""
        self._went = [at for at in self._went if now - at < QUIET]
        if len(self._went) >= MOST:
            return False
        self._went.append(now)
        return True

    def _write(self, error: BaseException, where: str, *, whole: bool) -> None:
        """One line, with the traceback if it has not been written within the minute."""
        secrets = frozenset(self._secrets())
        said = "".join(traceback.format_exception_only(error)).rstrip()
        stack = "".join(traceback.format_exception(error)).rstrip() if whole else ""
        journal.tell(
            "trouble",
            redact(f"{where}: {said}", secrets),
            journal.ERROR,
            where=redact(where, secrets),
            stack_trace=redact(stack, secrets) if stack != said else "",
        )

    def _within_patience(self, send: Callable[[], None]) -> None:
        """Wait for a delivery as long as may be: names are looked up, and bytes trickle in, without any timeout."""
        context = contextvars.copy_context()
        thread = threading.Thread(target=lambda: context.run(self._quietly, send), name="bugglio-trouble", daemon=True)
        thread.start()
        thread.join(self._patience)
        if thread.is_alive():
            _log.warning("Bugsnag did not take an error report within %g seconds.", self._patience)

    def _quietly(self, send: Callable[[], None]) -> None:
        """Make and deliver a report; a fault in making it is logged by its class alone, for its text may tell more."""
        try:
            send()
        except Exception as failure:  # noqa: BLE001 - the report is in the log already; there is nobody to raise to
            _log.warning("An error report did not reach Bugsnag (%s).", type(failure).__name__)

    def _send(self, error: BaseException, where: str, held_back: int) -> None:
        """Hand the error to Bugsnag's library, which calls our delivery."""
        with self._lock:
            self._client = self._client or self._connect()
        self._client.notify(
            error,
            context=where,
            severity="error",
            grouping_hash=getattr(error, "group", None),
            metadata={"bugglio": {"where": where, "held back": held_back}},
        )

    def _connect(self) -> "Client":
        """A client of our own: synchronous, without global hooks, sessions, breadcrumbs or the environment."""
        from bugsnag import legacy
        from bugsnag.client import Client

        legacy.default_client.uninstall_sys_hook()  # type: ignore[no-untyped-call] # put in by the import itself
        client = Client(
            install_sys_hook=False,
            api_key=self._key,
            app_type="bugglio",
            app_version=__version__,
            release_stage=self._stage,
            asynchronous=False,
            auto_notify=False,
            auto_capture_sessions=False,
            send_environment=False,
            max_breadcrumbs=0,
            enabled_breadcrumb_types=[],
            delivery=_delivery(self._secrets, self._patience),
            logger=_silent(),
        )
        if self._endpoint:
            client.configuration.endpoint = client.configuration.session_endpoint = self._endpoint
        client.configuration.middleware.before_notify(self._strip)  # type: ignore[arg-type] # may return nothing
        return client

    def _strip(self, event: "Event") -> None:
        """Leave what went wrong and where; here, before the library cuts long texts and with them secrets in two."""
        secrets = frozenset(self._secrets())
        ours = ("bugglio", "exception notes")
        event.metadata = {name: redacted(tab, secrets) for name, tab in event.metadata.items() if name in ours}
        event.user = {}
        event.request = None
        for error in event.errors:
            error.error_class = redact(error.error_class, secrets)
            error.error_message = redact(error.error_message, secrets)


def _delivery(secrets: Callable[[], Iterable[str]], patience: float) -> Any:
    """The delivery, whose base class is the library's: it redacts whatever the library has put into the report."""
    import requests
    from bugsnag.delivery import Delivery, default_headers

    class Redacting(Delivery):
        """One POST with a timeout, of the whole report redacted; Bugsnag's key is in it, and nowhere else."""

        def deliver(self, config: Any, payload: Any, options: Any = None) -> None:
            """Send it; a failure is logged by its class alone."""
            self.queue_request(lambda: post(config.endpoint, json.loads(payload)), config, options)

    def post(endpoint: str, report: dict[str, Any]) -> None:
        key = report.pop("apiKey")
        body = json.dumps({"apiKey": key, **redacted(report, frozenset(secrets()))}).encode()
        try:
            answer = requests.post(
                endpoint, body, headers=default_headers(key), timeout=patience, allow_redirects=False
            )
            answer.raise_for_status()
        except requests.RequestException as failure:
            _log.warning("An error report did not reach Bugsnag (%s).", type(failure).__name__)

    return Redacting()  # type: ignore[no-untyped-call]


def _silent() -> logging.Logger:
    """The library's logger: it would log whole exceptions, the caught one's text among them."""
    logger = logging.getLogger(f"{__name__}.library")
    logger.disabled = True
    return logger

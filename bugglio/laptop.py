"""Everything on a laptop: doors, SQLite, ticking, and a simulated Twilio with its phones unless a real one is set."""

import json
import logging
import secrets
import signal
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from werkzeug import Request, Response
from werkzeug.utils import redirect

from bugglio import logs
from bugglio.app import App, build
from bugglio.config import wants_simulator
from bugglio.doors.http import MAX_BODY
from bugglio.roster import Roster
from bugglio.secret import is_on_google_cloud

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from bugglio.simulator import Simulator

log = logging.getLogger(__name__)

THIS_MACHINE = "127.0.0.1"
PASSED_ON = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via")
"""Headers by which a proxy says that a request is not its own."""
THREADS = 16
BUFFERED = 4 * MAX_BODY
"""Bytes of a body that the server takes in before a door sees it; what is larger it refuses itself, unread."""
TICK_EACH = 1.0
"""Seconds between two passes over a SQLite file; on Firestore a pass stays a minute instead."""
SIMULATED_SENDER = "+14155550100"
SIMULATED_ENGINEER = "+14155550101"
NOT_RUNNING = "http://127.0.0.1:9"
"""An address at which nothing answers: what a command would send before the first run stays due."""
ALSO_FOR_REAL = ("BUGSNAG_WEBHOOK_TOKEN", "FLASK_SECRET_KEY")
"""What is made up and kept with a real Twilio too."""
MADE_UP = "TWILIO_ACCOUNT_SID"
"""What is kept only of a simulated Twilio; beside it, the address that is kept is a simulated one's too."""


class Unusable(Exception):
    """The laptop cannot do what was asked, and why, in a sentence."""


class NeverRun(Unusable):
    """The folder has no pager in it yet."""


def environment(environ: Mapping[str, str], data: Path, *, data_said: bool = False) -> dict[str, str]:
    """
    The settings of a laptop: the environment's, then those kept in `data`, then the SQLite file in it.

    With a real Twilio the place of the store must have been said, by BUGGLIO_STORE or by naming `data`.
    """
    if _asks_google(environ):
        return dict(environ)
    simulated = _is_simulated(environ)
    kept = _kept(data)
    if simulated and not kept:
        raise NeverRun(
            f"Nothing has run in {data} yet; `python -m bugglio run` comes first, or --data names its folder."
        )
    if simulated and MADE_UP not in kept:
        raise _is_real(data)
    chosen = _for_simulator(kept, environ) if simulated else _for_real(kept)
    store = {"BUGGLIO_STORE": f"sqlite:{data / 'bugglio.db'}"} if simulated or data_said else {}
    return {**store, **chosen, **{name: text for name, text in environ.items() if text}}


def _is_real(data: Path) -> Unusable:
    return Unusable(
        f"{data} is a real Twilio's: set what `run` was given, or name another folder with --data for a make-believe "
        "one."
    )


def _for_real(kept: Mapping[str, str]) -> dict[str, str]:
    """What of the kept settings serves with a real Twilio."""
    names = ALSO_FOR_REAL if MADE_UP in kept else (*ALSO_FOR_REAL, "BUGGLIO_PUBLIC_URL")
    return {name: kept[name] for name in names if name in kept}


def _for_simulator(kept: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    """What of the kept settings serves with the simulator: of Bugsnag's nothing, where the real one's are set."""
    left_out = set() if _follows(environ) else {"BUGSNAG_AUTH_TOKEN", "BUGSNAG_API_URL"}
    return {name: text for name, text in kept.items() if name not in left_out}


def _follows(environ: Mapping[str, str]) -> bool:
    """Whether Bugsnag's API is the simulator's: not where somebody has named another."""
    return not (environ.get("BUGSNAG_AUTH_TOKEN") or environ.get("BUGSNAG_API_URL"))


def _apis(environ: Mapping[str, str], address: str) -> dict[str, str]:
    """The settings that lead to the simulator's services, which are all at one address."""
    bugsnag = {"BUGSNAG_API_URL": address} if _follows(environ) else {}
    return {"TWILIO_API_URL": address, **bugsnag}


def _asks_google(environ: Mapping[str, str]) -> bool:
    """Whether what the environment does not say is in Secret Manager, and nothing of it here."""
    return is_on_google_cloud(environ) or bool(environ.get("BUGGLIO_SECRET"))


def _is_simulated(environ: Mapping[str, str]) -> bool:
    return not _asks_google(environ) and wants_simulator(environ, on_google_cloud=False)


def prepare(environ: Mapping[str, str], data: Path, *, data_said: bool = False) -> None:
    """Make up what a first run needs before it; where a simulator will stand in for Twilio, `run` says where it is."""
    if _asks_google(environ) or _kept(data):
        return
    if _is_simulated(environ):
        keep_settings(environ, data, {"BUGGLIO_PUBLIC_URL": NOT_RUNNING, "TWILIO_API_URL": NOT_RUNNING})
    elif data_said:
        keep_settings(environ, data)


def keep_settings(environ: Mapping[str, str], data: Path, more: Mapping[str, str] | None = None) -> None:
    """Make up, once, what a first run needs and nobody has set; it is kept in `data`, and `more` with it."""
    kept = _kept(data)
    if _is_simulated(environ) and kept and MADE_UP not in kept:
        # Real pages that wait in it would go to make-believe phones.
        raise _is_real(data)
    made = {
        "BUGSNAG_WEBHOOK_TOKEN": secrets.token_urlsafe(24),
        "FLASK_SECRET_KEY": secrets.token_urlsafe(32),
    }
    if _is_simulated(environ):
        made |= {
            "ON_DUTY": SIMULATED_ENGINEER,
            "TWILIO_ACCOUNT_SID": f"AC{secrets.token_hex(16)}",
            "TWILIO_AUTH_TOKEN": secrets.token_hex(16),
            "TWILIO_CALLER_ID": SIMULATED_SENDER,
        }
    if _is_simulated(environ) and _follows(environ):
        made |= {"BUGSNAG_AUTH_TOKEN": secrets.token_hex(16), "BUGSNAG_API_URL": NOT_RUNNING}
    if not made.keys() <= kept.keys():
        _keep(data, {**(more or {}), **made, **kept})


def _kept(data: Path) -> dict[str, str]:
    where = data / "settings.json"
    try:
        found = json.loads(where.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise Unusable(
            f"{where} cannot be read ({type(error).__name__}); mend it, or remove it to begin anew."
        ) from None
    if not isinstance(found, dict) or not all(isinstance(text, str) for text in found.values()):
        raise Unusable(f"{where} must hold one JSON object of texts; mend it, or remove it to begin anew.")
    return found


def _keep(data: Path, settings: Mapping[str, str]) -> None:
    """Write the settings, whole or not at all, for this user's eyes only."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        fresh = data / "settings.json.new"
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")
        fresh.replace(data / "settings.json")
    except OSError as error:
        raise Unusable(f"{data} cannot be written to ({error.strerror}).") from None


def run(
    environ: Mapping[str, str],
    data: Path,
    port: int,
    public_url: str | None,
    *,
    data_said: bool,
    host: str = THIS_MACHINE,
) -> None:
    """
    Serve everything until the process is told to end; prints the addresses one a line.

    `host` is the address of this machine at which it listens; `0.0.0.0` is all of them.
    """
    logs.begin(environ)
    if not _asks_google(environ):
        keep_settings(environ, data)
    simulated = _is_simulated(environ)
    front = Front()
    with ExitStack() as stack:
        server = stack.enter_context(_server(front, host, port))
        own = f"http://{_reached_at(host)}:{server.effective_port}"
        # What the last run kept of its addresses gives way to this one's.
        address = {"BUGGLIO_PUBLIC_URL": public_url or environ.get("BUGGLIO_PUBLIC_URL") or own}
        settings = {**environment(environ, data, data_said=data_said), **address}
        if simulated:
            apis = _apis(environ, stack.enter_context(_simulator(front, settings, data)))
            settings |= apis
            _keep(data, {**_kept(data), **address, **apis})
        elif not _asks_google(environ) and MADE_UP not in _kept(data):
            # The other commands are not told it again.
            _keep(data, {**_kept(data), **address})
        front.app = build(settings)
        works = front.app.works
        stack.enter_context(_ticking(front, front.app))
        _say(
            works.settings.door_url("/admin"),
            works.settings.door_url("/bugsnag"),
            works.settings.bugsnag_webhook_token[0],
            own if simulated else "",
        )
        server.run()


class Front:
    """The one address: the simulator's page for this machine alone, and the doors."""

    def __init__(self) -> None:
        self.app: App | None = None
        self.simulator: Simulator | None = None
        self._named: Roster | None = None

    def name_phones(self, roster: Roster) -> None:
        """Show everybody of the roster on the page of phones, as soon as they are on it."""
        if self.simulator is not None and roster is not self._named and roster.version:
            self.simulator.name_phones({person.phone: person.name for person in roster.engineers.values()})
        self._named = roster

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        request = Request(environ)
        if self.app is None:
            return Response("bugglio is starting.\n", 503, mimetype="text/plain")(environ, start_response)
        if self.simulator is not None and is_local(request):
            if request.path == "/":
                return redirect("/simulator")(environ, start_response)
            if request.path.startswith("/simulator"):
                answer: Iterable[bytes] = self.simulator.wsgi(environ, start_response)
                return answer
        return self.app.wsgi(environ, start_response)


def is_local(request: Request) -> bool:
    """
    Whether the page was asked for on this machine, not through a tunnel: whoever has it can act as any phone.

    The name that was asked for is the caller's to choose, so the connection must come from this machine too; and a
    proxy or tunnel on it, which may give a name of its own, says for whom it asks. Other sites' pages, opened here, ask
    for their own names.
    """
    if any(name in request.headers for name in PASSED_ON):
        return False
    try:
        name = urlsplit(f"//{request.host}").hostname or ""
        caller = ip_address(request.remote_addr or "")
    except ValueError:
        return False
    mapped = caller.ipv4_mapped if isinstance(caller, IPv6Address) else None
    return name in ("127.0.0.1", "localhost", "::1") and (mapped or caller).is_loopback


def _reached_at(host: str) -> str:
    """How this machine's own programs reach what listens there."""
    address = ip_address(host)
    if address.is_unspecified:
        return THIS_MACHINE if address.version == 4 else "[::1]"
    return host if address.version == 4 else f"[{host}]"


@contextmanager
def _server(front: Front, host: str, port: int) -> Iterator[Any]:
    from waitress.server import create_server

    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    try:
        server = create_server(
            front,
            host=host,
            port=port,
            threads=THREADS,
            ident="bugglio",
            max_request_body_size=BUFFERED,
            # Which of them is believed BUGGLIO_PROXY_HOPS says; left out, every caller behind a proxy would be nobody.
            clear_untrusted_proxy_headers=False,
        )
    except OSError as error:
        raise Unusable(
            f"Port {port} cannot be used ({error.strerror}); choose another with --port, or 0 for any."
        ) from None
    try:
        yield server
    finally:
        server.close()


@contextmanager
def _simulator(front: Front, settings: Mapping[str, str], data: Path) -> Iterator[str]:
    """The simulator, working in real time; its Twilio has an address of its own, so that no door waits for itself."""
    from bugglio.simulator import Simulator, served, through

    public = settings["BUGGLIO_PUBLIC_URL"]
    simulator = Simulator(
        public_url=public,
        webhook_url=f"{public}/bugsnag?token={settings['BUGSNAG_WEBHOOK_TOKEN'].partition(',')[0]}",
        account_sid=settings["TWILIO_ACCOUNT_SID"],
        auth_token=settings["TWILIO_AUTH_TOKEN"],
        sender=settings["TWILIO_CALLER_ID"],
        phones={settings["ON_DUTY"]: "on duty"},
        journal=data / "simulator.jsonl",
        post=through(front),
        bugsnag_token=settings.get("BUGSNAG_AUTH_TOKEN") or secrets.token_hex(16),
        any_error=True,  # alerts outlive a run, and what the simulator remembers of Bugsnag does not
    )
    front.simulator = simulator
    simulator.start()
    try:
        with served(simulator.wsgi) as origin:
            yield origin
    finally:
        simulator.close()


@contextmanager
def _ticking(front: Front, app: App) -> Iterator[None]:
    """Tick in the background."""
    ended = threading.Event()
    thread = threading.Thread(target=_tick, args=(front, app, ended), name="tick", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(timeout=5)


def _tick(front: Front, app: App, ended: threading.Event) -> None:
    stay = 0 if app.works.settings.sqlite_path else 60_000
    pause = TICK_EACH if stay == 0 else 5.0
    alarm = app.works.kit.alarm
    while not ended.wait(pause):
        try:
            app.works.ticking.tick(stay=stay, served=True)
            front.name_phones(app.works.kit.roster())
        except Exception as error:  # noqa: BLE001 - whatever it was, without another tick nobody is paged any more
            alarm(error, "tick")


def _say(pages: str, webhook: str, token: str, phones: str) -> None:
    print(f"pages {pages}", flush=True)  # noqa: T201 - the command's answer
    print(f"webhook {webhook}?token={token}", flush=True)  # noqa: T201 - the command's answer
    if phones:
        print(f"phones {phones}/simulator", flush=True)  # noqa: T201 - the command's answer


def end_on_signals() -> None:
    """Let SIGTERM end the process as Ctrl-C does."""

    def ended(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, ended)

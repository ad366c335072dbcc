"""The command line: `python -m bugglio …`."""

import argparse
import io
import logging
import os
import sys
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any

from bugglio import laptop, logs
from bugglio.cli import backups, calendars, doctor, duty, login, rosters, setup
from bugglio.cli.common import DATA, Facts, app, close, command, say
from bugglio.config import ConfigurationError
from bugglio.laptop import Unusable
from bugglio.pager import reports
from bugglio.store import StoreError


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the arguments say; 0: all well, 1: a fault, told on standard error. Wrong usage ends with 2."""
    asked = _parser().parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal that has no sign for a name, or for a word of Bugsnag's, still shows the rest.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        status: int | None = asked.do(asked)
        sys.stdout.flush()
    except ConfigurationError as error:
        return _fault("bugglio cannot start:", *error.faults)
    except StoreError as error:
        return _fault(f"The store cannot be reached: {error}")
    except Unusable as error:
        return _fault(str(error))
    except BrokenPipeError:
        # Whoever read has seen enough; Python would complain of it once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 0
    finally:
        close()
    return status or 0


def _fault(*sentences: str) -> int:
    print("\n  ".join(sentences), file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bugglio", description="The on-call pager for teams that use Bugsnag."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = command(commands, "run", _run, "everything on a laptop: doors, store, phones, ticking")
    run.add_argument("--port", type=_port, default=8080, help="0: any free one (default: 8080)")
    run.add_argument(
        "--host",
        type=_host,
        default=laptop.THIS_MACHINE,
        help="the address to listen at, 0.0.0.0 for all; the page of phones stays this machine's (default: 127.0.0.1)",
    )
    run.add_argument(
        "--public-url", type=_address, help="where Bugsnag and Twilio reach this laptop, a tunnel's address"
    )
    command(commands, "tick", _tick, "one pass over what is due, then end")
    alerts = command(commands, "alerts", _alerts, "what is open, and whom it waits for", facts=True)
    alerts.add_argument("--all", action="store_true", help="closed ones too")
    command(commands, "pages", _pages, "every text that was sent or is to be sent", facts=True)
    why = command(commands, "why", _why, "who was paged for an alert, and why not", facts=True)
    why.add_argument("code", type=_code, metavar="CODE", help="the number of the alert")
    rosters.register(commands)
    duty.register(commands)
    calendars.register(commands)
    login.register(commands)
    doctor.register(commands)
    backups.register(commands)
    setup.register(commands)
    return parser


def _port(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return int(text)


def _host(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        raise argparse.ArgumentTypeError("an address of this machine, like 127.0.0.1 or 0.0.0.0") from None


def _address(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise argparse.ArgumentTypeError("an address begins with https://")
    return text.rstrip("/")


def _code(text: str) -> int:
    bare = text.removeprefix("#")
    if not bare.isascii() or not bare.isdecimal() or len(bare) > 9:
        raise argparse.ArgumentTypeError("a code is a number, like 417")
    return int(bare)


def _run(asked: Any) -> None:
    laptop.end_on_signals()
    data, said = asked.data or DATA, asked.data is not None
    laptop.run(os.environ, data, asked.port, asked.public_url, data_said=said, host=asked.host)


def _tick(asked: Any) -> None:
    app(asked).works.ticking.tick()


def _alerts(asked: Any) -> None:
    found = reports.open_alerts(app(asked).works.kit.store, closed=asked.all)
    say(asked, {"alerts": found}, [_alert_line(one) for one in found] or ["Nothing open."])


def _pages(asked: Any) -> None:
    found = reports.all_pages(app(asked).works.kit.store)
    say(asked, {"pages": found}, [_page_line(one) for one in found] or ["No page yet."])


def _why(asked: Any) -> None:
    found = reports.why(app(asked).works.kit.store, asked.code)
    if found is None:
        raise Unusable(f"No alert has the code {asked.code}.")
    say(asked, {"reasons": found}, [f"{one['at']}  {one['reason']}  {one['detail']}".rstrip() for one in found])


def _alert_line(one: Facts) -> str:
    waits = f"waits for {', '.join(one['waits_for'])}" if one["waits_for"] else ""
    acked = f"acked by {one['acknowledged_by']}" if one["acknowledged_by"] else ""
    next_at = f"next at {one['next_at']}" if one["next_at"] else ""
    what = ": ".join(filter(None, (one["class"], one["message"])))
    tail = ", ".join(filter(None, (f"x{one['events']}", waits, acked, next_at)))
    return f"#{one['code']} {one['state']}  {one['project']} {one['stage']}  {what}  {tail}"


def _page_line(one: Facts) -> str:
    cause = f" ({one['cause']})" if one["cause"] else ""
    # A page that waits has no text yet; what it is about is known.
    text = one["body"] or ", ".join(f"#{code}" for code in one["alerts"])
    return f"{one['created']}  {one['to']} ...{one['number']}  {one['state']}{cause}  {text}"


if __name__ == "__main__":
    logs.begin({}, logging.WARNING)
    sys.exit(main())

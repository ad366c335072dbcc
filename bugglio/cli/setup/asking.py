"""Questions to whoever sets up: of what is secret nothing appears on the screen."""

import getpass
import sys
from collections.abc import Callable

from bugglio.laptop import Unusable

TRIES = 3


def plain(question: str, name: str, default: str = "") -> str:
    """An answer; an empty one is the default. Raises `Unusable` where nobody can be asked."""
    shown = f"{question}{f' [{default}]' if default else ''}: "
    return _line(shown, name).strip() or default


def hidden(question: str, name: str) -> str:
    """A secret."""
    if sys.stdin.isatty():
        return getpass.getpass(f"{question} (not shown): ").strip()
    return _line(f"{question}: ", name).strip()


def until(ask: Callable[[], str], fault: Callable[[str], str]) -> str:
    """Asks again while something is wrong with the answer, three times at most."""
    for _ in range(TRIES):
        answer = ask()
        wrong = fault(answer)
        if not wrong:
            return answer
        print(f"  {wrong}")
    raise Unusable("That did not work three times; nothing was changed.")


def agreed(question: str) -> bool:
    """Whether they say yes."""
    return plain(f"{question} (yes or no)", "--yes").casefold() in ("y", "yes")


def _line(shown: str, name: str) -> str:
    print(shown, end="", flush=True)
    line = sys.stdin.readline()
    if not line:
        print()
        raise Unusable(f"Nobody answers: give {name}, or run this at a terminal.")
    if not sys.stdin.isatty():
        print()
    return line

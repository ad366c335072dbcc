"""Is this the code? Each try is counted before anybody learns what came of it."""

from collections.abc import Collection
from dataclasses import dataclass

import msgspec

from bugglio.logins.asking import live
from bugglio.logins.records import Code, Login

TRIES = 5
"""So often one code may be tried."""


@dataclass(frozen=True)
class Tried:
    """What came of a try, and the phone after it; it counts only once the phone is kept so."""

    login: Login
    right: bool = False
    why: str = ""
    """Why it is not right, for the log: nobody else is told."""


def tried(login: Login, challenges: Collection[str], hashes: Collection[str], now: int) -> Tried:
    """
    The phone after a try by a browser that knows these challenges.

    Where two codes went to it, because the first was slow, the try is one of each: either may be the one. The right
    one ends both.
    """
    mine = [code for code in login.codes if code.challenge in challenges]
    open_ = [code for code in live(login, now) if code in mine and code.tries < TRIES]
    if not open_:
        return Tried(login, why=_why_none(mine))
    if any(code.hash in hashes for code in open_):
        left = tuple(code for code in live(login, now) if code not in mine)
        return Tried(msgspec.structs.replace(login, codes=left), right=True)
    counted = tuple(_once_more(code) if code in open_ else code for code in live(login, now))
    return Tried(msgspec.structs.replace(login, codes=counted), why="wrong code")


def _once_more(code: Code) -> Code:
    return msgspec.structs.replace(code, tries=code.tries + 1)


def _why_none(mine: list[Code]) -> str:
    if not mine:
        return "no code of this browser's"
    return "all tries are used up" if mine[-1].tries >= TRIES else "the code is too old"

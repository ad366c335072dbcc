"""One thing that a working pager needs: what was found of it, and how it is mended."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """`ok` None: it cannot be checked, and `found` says why; or it is only told."""

    name: str
    ok: bool | None
    found: str
    mend: str = ""


Checks = Iterator[Check]


def good(name: str, found: str) -> Check:
    """All is as it should be."""
    return Check(name, ok=True, found=found)


def wrong(name: str, found: str, mend: str) -> Check:
    """Something has to be mended."""
    return Check(name, ok=False, found=found, mend=mend)


def told(name: str, found: str, mend: str = "") -> Check:
    """Something to know, which may be as it should be."""
    return Check(name, ok=None, found=found, mend=mend)


def unknown(name: str, why: str, mend: str = "") -> Check:
    """It cannot be checked."""
    return Check(name, ok=None, found=f"cannot be checked, because {why}", mend=mend)


def line(one: Check) -> str:
    """The check as people read it."""
    state = {True: "ok", False: "WRONG", None: "note"}[one.ok]
    mend = f"\n       {one.mend}" if one.mend and one.ok is not True else ""
    return f"{state:<5}  {one.name}: {one.found}{mend}"

"""All state as a file, and back: `dump` and `load`."""

import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from bugglio import laptop
from bugglio.app import open_store
from bugglio.cli import common
from bugglio.cli.common import DATA, command
from bugglio.laptop import Unusable
from bugglio.secret import load as load_settings
from bugglio.store import Store, StoreError, backup

EACH = 5.0
"""Seconds between two words of progress."""
TAIL = 1 << 20
LONGEST = 8 << 20
"""Bytes of a line: a document has at most 1,000,000, of which each may be written as six."""


def register(commands: Any) -> None:
    """Add the commands to the parser."""
    dumping = command(commands, "dump", dump, "write all state to a file, as lines of JSON")
    dumping.add_argument("file", metavar="FILE", help="of an interrupted dump it goes on; - is standard output")
    loading = command(commands, "load", load, "put the state of a file into an empty store")
    loading.add_argument("file", metavar="FILE", help="of an interrupted load it goes on; - is standard input")


def dump(asked: Any) -> None:
    """Write everything; the file has its name once it is whole."""
    with _store(asked) as store:
        if asked.file == "-":
            _write(store, sys.stdout.buffer)
            return
        count = _dump_to(store, Path(asked.file))
    print(f"{count:,} documents are in {asked.file}. It holds phone numbers and what errors said: keep it private.")


def load(asked: Any) -> None:
    """Read everything back."""
    laptop.prepare(os.environ, asked.data or DATA, data_said=asked.data is not None)
    with _opened(asked.file) as lines, _store(asked) as store:
        count = 0
        try:
            for told in _told(backup.load(store, lines), "loaded"):
                count = told
        except backup.Unfit as unfit:
            raise Unusable(f"{unfit}{_loaded(count)}") from None
        except StoreError as error:
            raise Unusable(f"The store cannot be reached: {error}{_loaded(count)} The same command goes on.") from None
    print(f"{count:,} documents were loaded.")


def _loaded(count: int) -> str:
    return f" {count:,} documents were loaded before." if count else " Nothing was loaded."


@contextmanager
def _store(asked: Any) -> Iterator[Store]:
    """The store itself: its log shall not tell of each document that is loaded."""
    store = open_store(load_settings(common.environment(asked)).current())
    try:
        yield store
    finally:
        store.close()


def _dump_to(store: Store, file: Path) -> int:
    """Write to a file beside it, which another dump goes on with; returns how many documents are in it."""
    part = file.with_name(f"{file.name}.part")
    try:
        with _private(part) as opened:
            count = _write(store, opened, *_so_far(opened))
            opened.flush()
            os.fsync(opened.fileno())
        part.replace(file)
    except OSError as error:
        raise Unusable(f"{part} cannot be written to ({error.strerror}).") from None
    return count


def _private(part: Path) -> BinaryIO:
    """The file, to be gone on with, which nobody else may read: neither another's, nor where a link leads."""
    opened = os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600), "r+b")
    if os.fstat(opened.fileno()).st_uid != os.geteuid():
        opened.close()
        raise Unusable(f"{part} is somebody else's: remove it, or dump elsewhere.")
    os.fchmod(opened.fileno(), 0o600)
    return opened


def _so_far(opened: BinaryIO) -> tuple[int, str]:
    """How many documents stand in the part of a dump, and the last one's path; a line without its end is cut off."""
    count, whole, last = 0, 0, b""
    for line in _lines(opened):
        if not line.endswith(b"\n"):
            break
        whole += len(line)
        count, last = count + 1, line
    opened.seek(whole)
    opened.truncate()
    if count and not backup.path_of(last):
        # Only its first line was written, or it is something else altogether: begin anew.
        opened.seek(0)
        opened.truncate()
        return 0, ""
    return max(0, count - 1), backup.path_of(last)


def _write(store: Store, there: BinaryIO, count: int = 0, after: str = "") -> int:
    """Write what is not written yet; returns how many documents there are in all."""
    if not after:
        there.write(backup.head().encode())
    for told in _told(_counted(backup.dumped(store, after), there, count), "dumped"):
        count = told
    there.write(backup.end(count).encode())
    there.flush()
    return count


def _counted(lines: Iterable[str], there: BinaryIO, before: int) -> Iterator[int]:
    for count, line in enumerate(lines, before + 1):
        there.write(line.encode())
        yield count


def _told(counts: Iterable[int], what: str) -> Iterator[int]:
    """The counts, some of which are told on standard error."""
    last = time.monotonic()
    for count in counts:
        if time.monotonic() - last > EACH:
            print(f"{count:,} documents {what} ...", file=sys.stderr, flush=True)
            last = time.monotonic()
        yield count


@contextmanager
def _opened(file: str) -> Iterator[Iterable[bytes]]:
    if file == "-":
        yield _lines(sys.stdin.buffer)
        return
    try:
        with Path(file).open("rb") as opened:
            _must_be_whole(opened, file)
            yield _lines(opened)
    except OSError as error:
        raise Unusable(f"{file} cannot be read ({error.strerror}).") from None


def _lines(opened: BinaryIO) -> Iterator[bytes]:
    """Its lines; of one that is longer than any of a dump no more is read at once than shows it."""
    return iter(partial(opened.readline, LONGEST), b"")


def _must_be_whole(opened: BinaryIO, file: str) -> None:
    """A dump that was cut short is found out before anything of it is loaded."""
    size = opened.seek(0, os.SEEK_END)
    opened.seek(max(0, size - TAIL))
    last = opened.read().rstrip(b"\n").rpartition(b"\n")[2]
    opened.seek(0)
    if not backup.is_end(last):
        raise Unusable(f"{file} has no last line of a dump: it was cut short, or is none. Nothing was loaded.")

"""The configuration as it stands now: the environment, and one secret of Secret Manager, renewed every 5 minutes."""

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from bugglio.config import ConfigurationError, Settings, read_settings, secret_values
from bugglio.config_table import NAMES
from bugglio.config_values import Unfit, secret_name
from bugglio.secret_manager import SecretFault, SecretManager, client

if TYPE_CHECKING:
    from google.cloud.secretmanager_v1 import SecretManagerServiceClient

KEPT = 5 * 60_000
"""Milliseconds after which a secret is asked for again."""
AGAIN = 30_000
"""Milliseconds after which a renewal that failed is tried again."""
FIRST_AGAIN = 2_000
"""The same while there is no configuration at all: nothing works until there is one."""
FIRST_PATIENCE = 5.0
"""Seconds for the first fetch, with its retries."""
PATIENCE = 2.0
"""Seconds for a renewal: a door that happens to do it must still answer Bugsnag within 3.5."""

_log = logging.getLogger(__name__)


class Fetch(Protocol):
    """Brings the secret's bytes."""

    def __call__(self, patience: float) -> bytes:
        """Return the newest version within `patience` seconds, or raise `SecretFault`."""
        ...


def _alarm(sentence: str) -> None:
    """What is done about a failed renewal when nobody else wants to know."""
    _log.error(sentence)


def _milliseconds() -> int:
    """A clock that nobody sets back."""
    return time.monotonic_ns() // 1_000_000


@dataclass(frozen=True)
class _Held:
    """What was read last that could be used, what is wrong with what came since, and when to ask again."""

    settings: Settings | None
    faults: tuple[str, ...]
    due: int


class Configuration:
    """
    The settings as they are now; one object serves all threads of a process.

    With a secret: the first `current` fetches it, and whoever comes after 5 minutes renews it while the others go on
    with the old values. A renewal that fails, or brings what cannot be used, leaves the old ones and calls `alarm`.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        fetch: Fetch | None,
        *,
        alarm: Callable[[str], None] = _alarm,
        clock: Callable[[], int] = _milliseconds,
    ) -> None:
        """Keep what of the environment is ours; `fetch` is None when the environment is all there is."""
        self._environ = {name: text for name, text in environ.items() if text and _is_ours(name)}
        self._on_google_cloud = is_on_google_cloud(environ)
        self._fetch = fetch
        self._alarm = alarm
        self._clock = clock
        self._lock = threading.Lock()
        self._secrets = secret_values(self._environ)
        self._held = _Held(None, (), due=clock())

    @property
    def secrets(self) -> frozenset[str]:
        """Every secret value seen so far, replaced ones too: what redaction must know. Never fetches, never raises."""
        return self._secrets

    @property
    def faults(self) -> tuple[str, ...]:
        """What is wrong with the newest configuration, for whoever shows the pager's health; empty: nothing known."""
        return self._held.faults

    def current(self) -> Settings:
        """
        Return the settings; cheap unless it is time to renew.

        Raises `ConfigurationError` while there are none that can be used; the next call after 2 seconds tries again.
        """
        held = self._held
        if self._clock() >= held.due:
            self._renew(wait=held.settings is None)
            held = self._held
        if held.settings is None:
            raise ConfigurationError(held.faults)
        return held.settings

    def _renew(self, *, wait: bool) -> None:
        """Read anew, in one thread at a time; the others wait only if there is nothing to go on with."""
        if not self._lock.acquire(blocking=wait):
            return
        try:
            if self._clock() < self._held.due:
                return
            self._held = held = self._read(self._held)
        finally:
            self._lock.release()
        if held.settings and held.faults:
            self._alarm(f"The last good configuration goes on, for the new one has faults: {' '.join(held.faults)}")

    def _read(self, held: _Held) -> _Held:
        """What is held from now on: what was read, or what was held before, with the faults of the new."""
        try:
            settings = self._settings(PATIENCE if held.settings else FIRST_PATIENCE)
        except ConfigurationError as error:
            again = AGAIN if held.settings else FIRST_AGAIN
            return _Held(held.settings, tuple(error.faults), self._clock() + again)
        unchanged = held.settings if held.settings == settings else settings
        return _Held(unchanged, (), self._clock() + KEPT)

    def _settings(self, patience: float) -> Settings:
        """The settings of environment and secret together; the environment wins."""
        try:
            secret = parse_secret(self._fetch(patience)) if self._fetch else {}
        except SecretFault as fault:
            raise ConfigurationError([str(fault), *self._faults_of_environment()]) from None
        self._secrets |= secret_values(secret)
        return read_settings({**secret, **self._environ}, on_google_cloud=self._on_google_cloud)

    def _faults_of_environment(self) -> list[str]:
        """What the environment alone leaves open or wrong, told together with why the secret cannot help."""
        try:
            read_settings(self._environ, on_google_cloud=self._on_google_cloud)
        except ConfigurationError as error:
            return error.faults
        return []


def load(
    environ: Mapping[str, str],
    *,
    alarm: Callable[[str], None] = _alarm,
    connect: "Callable[[], SecretManagerServiceClient]" = client,
    clock: Callable[[], int] = _milliseconds,
) -> Configuration:
    """
    Make the process's configuration from its environment, which is read once, here; nothing is fetched yet.

    Secret Manager is asked when `BUGGLIO_SECRET` is set, or on Google Cloud when the environment alone is not enough.
    """
    mine = dict(environ)
    name = mine.get("BUGGLIO_SECRET") or "bugglio"
    fetch = SecretManager(name, mine.get("GOOGLE_CLOUD_PROJECT", ""), connect) if _needs_secret(mine) else None
    return Configuration(mine, fetch, alarm=alarm, clock=clock)


def is_on_google_cloud(environ: Mapping[str, str]) -> bool:
    """Whether this is a function or service of Google Cloud, which sets `K_SERVICE` and where a laptop does not."""
    return bool(environ.get("K_SERVICE"))


def _is_ours(name: str) -> bool:
    """Whether a variable is a setting, or was meant to be one."""
    return name in NAMES or name.startswith("BUGGLIO_")


def _needs_secret(environ: Mapping[str, str]) -> bool:
    """Whether there is a secret to ask for; a deployment that says all in its environment saves the call."""
    if name := environ.get("BUGGLIO_SECRET"):
        return _can_be_asked_for(name)
    try:
        read_settings(environ, on_google_cloud=True)
    except ConfigurationError:
        return is_on_google_cloud(environ)
    return False


def _can_be_asked_for(name: str) -> bool:
    """Whether a secret can have this name; if not, that is told among the faults of the environment."""
    try:
        secret_name(name)
    except Unfit:
        return False
    return True


def parse_secret(data: bytes) -> dict[str, str]:
    """
    Read the secret's bytes: a JSON object of texts.

    Raises `SecretFault`, which names keys and places and no value. No chained cause: JSON's own error holds the text.
    """
    try:
        found = json.loads(data.decode(), object_pairs_hook=_without_doubles)
    except UnicodeDecodeError:
        raise SecretFault("The secret is not UTF-8; expected a JSON object.") from None
    except json.JSONDecodeError as error:
        raise SecretFault(f"The secret is not JSON ({error}); expected an object of texts.") from None
    except RecursionError:
        raise SecretFault("The secret is nested too deep; expected a JSON object of texts.") from None
    if not isinstance(found, dict):
        raise SecretFault("The secret is JSON, but no object; expected an object of texts.")
    wrong = sorted(name for name, value in found.items() if not isinstance(value, str))
    if wrong:
        raise SecretFault(f"The secret's {', '.join(wrong)} is no text; expected a JSON object whose values are texts.")
    return found


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object, unless it says something twice: which of the two would count is anybody's guess."""
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = sorted({name for name, _ in pairs if [each for each, _ in pairs].count(name) > 1})
        raise SecretFault(f"The secret says {', '.join(twice)} twice; expected once.")
    return found

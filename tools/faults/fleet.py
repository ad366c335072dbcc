"""The server processes: started, killed, frozen and thawed, and started again when they are gone."""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tools.faults.traps import FREEZE, KILL, KILL_ALL, LONG, Traps
from tools.rig.functions import ROOT, Server, running

INSTANCE = Path(__file__).with_name("instance.py")
LOOK_SECONDS = 0.1


@dataclass
class Instance:
    """One server: gunicorn's master and the worker that it forks, and again and again as workers die."""

    settings: Mapping[str, str]
    folder: Path
    servers: list[Server] = field(default_factory=list)
    """All that ever were; the last one is the present."""
    port: int = 0
    _end: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def start(self) -> None:
        """Start it (again); it may listen at another port."""
        server = self._end.enter_context(running("bugglio", self.settings, self.folder, INSTANCE))
        self.servers.append(server)
        self.port = server.port

    @property
    def lives(self) -> bool:
        """Whether the master runs."""
        return bool(self.servers) and self.servers[-1].process.poll() is None

    def workers(self) -> list[int]:
        """The processes that serve."""
        master = self.servers[-1].process.pid
        with contextlib.suppress(OSError):
            return [int(pid) for pid in Path(f"/proc/{master}/task/{master}/children").read_text().split()]
        return []

    def signal(self, number: signal.Signals, *, everybody: bool = False) -> int:
        """A signal to whoever serves, or to the master too; the process that got it, or 0."""
        with contextlib.suppress(ProcessLookupError):
            if everybody:
                self.servers[-1].signal(number)
                return self.servers[-1].process.pid
            for worker in self.workers():
                os.kill(worker, number)
                return worker
        return 0

    def stop(self) -> None:
        """Kill it, and all that it was."""
        for server in self.servers:
            with contextlib.suppress(ProcessLookupError):
                server.signal(signal.SIGKILL)
        self._end.close()

    @property
    def said(self) -> str:
        """Its log."""
        return "".join(server.said for server in self.servers)


class Fleet:
    """Several instances, and a caretaker who thaws what froze itself and starts again what is gone."""

    def __init__(self, instances: Sequence[Instance], traps: Traps) -> None:
        """Nothing is started yet."""
        self.instances = instances
        self._traps = traps
        self._over = threading.Event()
        self._seen = 0
        self._frozen: list[tuple[float, int]] = []

    def start(self) -> None:
        """Start all, and the caretaker."""
        for one in self.instances:
            one.start()
        threading.Thread(target=self._take_care, name="caretaker", daemon=True).start()

    def ports(self) -> list[int]:
        """Where to reach them."""
        return [one.port for one in self.instances if one.lives]

    def kill(self, instance: int, *, everybody: bool) -> None:
        """SIGKILL at a moment of nobody's choice."""
        pid = self.instances[instance].signal(signal.SIGKILL, everybody=everybody)
        if pid:
            self._traps.note(KILL_ALL if everybody else KILL, "any moment", pid)

    def freeze(self, instance: int, seconds: float) -> None:
        """SIGSTOP, and SIGCONT so much later."""
        pid = self.instances[instance].signal(signal.SIGSTOP)
        if pid:
            self._traps.note(FREEZE, "any moment", pid, seconds=seconds)

    def sleeps(self, instance: int) -> bool:
        """Whether it stands still for long: then it is left alone, to see what becomes of it when it wakes up."""
        workers = self.instances[instance].workers()
        return any(pid in workers and until - time.time() > LONG for until, pid in self._frozen)

    @property
    def frozen(self) -> bool:
        """Whether somebody stands still."""
        return bool(self._frozen)

    def stop(self) -> None:
        """The end of all."""
        self._over.set()
        for one in self.instances:
            one.stop()

    def _take_care(self) -> None:
        while not self._over.wait(LOOK_SECONDS):
            self._thaw()
            for one in self.instances:
                if not one.lives and not self._over.is_set():
                    with contextlib.suppress(RuntimeError):
                        one.start()

    def _thaw(self) -> None:
        fresh, self._seen = self._traps.deeds(self._seen)
        self._frozen += [(one["at"] + one["seconds"], one["pid"]) for one in fresh if one["deed"] == FREEZE]
        over = [one for one in self._frozen if one[0] <= time.time()]
        self._frozen = [one for one in self._frozen if one not in over]
        for pid in {pid for _, pid in over} - {pid for _, pid in self._frozen}:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


@contextmanager
def fleet(
    folder: Path, settings: Callable[[int], Mapping[str, str]], skews: Sequence[int], traps: Traps
) -> Iterator[Fleet]:
    """So many instances as there are skews, started; at the end killed."""
    common = {"PYTHONPATH": str(ROOT), "FAULTS_PARENT": str(os.getpid())}
    made = [
        Instance({**settings(n), **common, "FAULTS_SKEW": str(skew)}, folder / f"instance-{n}")
        for n, skew in enumerate(skews)
    ]
    for one in made:
        one.folder.mkdir()
    whole = Fleet(made, traps)
    try:
        whole.start()
        yield whole
    finally:
        whole.stop()

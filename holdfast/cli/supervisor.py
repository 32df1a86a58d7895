"""What supervisord says of its processes, asked over its socket."""

from __future__ import annotations

import re
import xmlrpc.client
from contextlib import suppress
from pathlib import Path

from supervisor.xmlrpc import SupervisorTransport

#: The exit code of a process that cannot work with its configuration; starting it again would not help.
REFUSED = 2
LOG_BYTES = 20_000
_LOGGED = re.compile(r"^\d{4}-\d\d-\d\d ")


class Supervisor:
    """The supervisor whose socket and logs lie in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._logs = folder / "log"
        transport = SupervisorTransport(None, None, f"unix://{folder}/supervisor.sock")
        self._proxy = xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport)

    def refused(self, name: str) -> bool:
        """Whether its configuration has ended the process since the start. False when nobody can be asked."""
        return REFUSED in self._ends(name)

    def failing(self, name: str) -> bool:
        """Whether the process has ended with any failure since the start."""
        return any(self._ends(name))

    def last_words(self, name: str) -> str:
        """What the process said last, up to ten lines, without what it logged before."""
        try:
            lines = (self._logs / f"{name}.log").read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return f"There is no log of {name} yet."
        said = [line for line in lines if line.strip() and not _LOGGED.match(line)]
        return "\n".join(dict.fromkeys(said[-10:]))

    def stop(self) -> None:
        """Ends the supervisor and with it every process."""
        with suppress(OSError, xmlrpc.client.Error):  # it may be gone already
            self._proxy.supervisor.shutdown()

    def _ends(self, name: str) -> list[int]:
        """The exit codes so far. A process is started again at once, so only the supervisor's log still knows them."""
        try:
            log = str(self._proxy.supervisor.readLog(-LOG_BYTES, 0))
        except (OSError, xmlrpc.client.Error):
            return []
        since = log.rpartition("supervisord started with pid")[2]
        return [int(code) for code in re.findall(rf"exited: {re.escape(name)} \(exit status (\d+)", since)]

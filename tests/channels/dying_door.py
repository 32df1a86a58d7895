"""A door that is killed at the worst moment: while it commits a message that staff must learn of. For tests."""

import os
import signal
import sys

from holdfast.door.__main__ import main
from holdfast.door.commit import Commit
from holdfast.door.store import Store

_commit = Store.commit


def commit(self: Store, given: Commit) -> None:
    """Dies instead of writing an alarm."""
    if given.record is not None:
        os.kill(os.getpid(), signal.SIGKILL)
    _commit(self, given)


Store.commit = commit  # type: ignore[method-assign]
sys.exit(main())

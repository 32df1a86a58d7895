"""What the door does, and leaves undone, before it can answer."""

from __future__ import annotations

import gc
import subprocess
import sys

import pytest

from holdfast.door.__main__ import MAKERS, _nothing_to_collect
from holdfast.paths import ROOT


def test_a_platforms_library_waits_until_a_clinic_names_the_platform() -> None:
    told = (
        "import sys, holdfast.door.__main__; print(sorted({'slack_bolt', 'slack_sdk', 'aiohttp'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert set(MAKERS) == {"slack", "telegram"}


def test_garbage_is_collected_again_after_a_start_that_fails() -> None:
    with pytest.raises(KeyError), _nothing_to_collect():
        assert not gc.isenabled()
        raise KeyError
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0
    gc.unfreeze()

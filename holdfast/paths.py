"""Where things lie: the repository root, models, and the local data folder."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def clinic_file() -> Path:
    """The clinic's settings: ``HOLDFAST_CLINIC`` or ``clinic.yml`` at the root."""
    return Path(os.environ.get("HOLDFAST_CLINIC", ROOT / "clinic.yml"))


def signatures_file() -> Path:
    """Who has signed which text: ``HOLDFAST_SIGNATURES`` or ``signatures.yml`` at the root."""
    return Path(os.environ.get("HOLDFAST_SIGNATURES", ROOT / "signatures.yml"))


def var() -> Path:
    """The folder of everything written at run time: ``HOLDFAST_VAR`` or ``var`` at the root."""
    return Path(os.environ.get("HOLDFAST_VAR", ROOT / "var"))


def models() -> Path:
    """The folder of model files: ``HOLDFAST_MODELS`` or ``models`` at the root."""
    return Path(os.environ.get("HOLDFAST_MODELS", ROOT / "models"))

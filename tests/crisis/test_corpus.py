"""Which training messages the detector reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from holdfast.crisis.corpus import TOPICS, CorpusError, read

BLOCK = 'version: "3.1"\nnlu:\n- intent: {intent}\n  examples: |\n    - {text}\n'


def test_the_folder_of_topics_is_left_out_and_can_be_read_by_itself(tmp_path: Path) -> None:
    for name, intent in (("general.yml", "greet"), (f"{TOPICS}/more.yml", "ask_cost"), ("risk/a.yml", "distress")):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(BLOCK.format(intent=intent, text="words"), encoding="utf-8")
    assert {message.intent for message in read(tmp_path)} == {"greet", "distress"}
    assert {message.intent for message in read(tmp_path / TOPICS)} == {"ask_cost"}


def test_a_folder_without_messages_is_said(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no training data"):
        read(tmp_path)

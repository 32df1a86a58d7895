"""Which training messages the detector reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from holdfast.crisis.corpus import BACKGROUND, BESIDES, TOPICS, CorpusError, read, read_all

BLOCK = 'version: "3.1"\nnlu:\n- intent: {intent}\n  examples: |\n    - {text}\n'


def test_topics_and_background_are_left_out_and_can_be_read_by_themselves(tmp_path: Path) -> None:
    for name, intent in (
        ("general.yml", "greet"),
        (f"{TOPICS}/more.yml", "ask_cost"),
        (f"{BACKGROUND}/lines.yml", "out_of_scope"),
        ("risk/a.yml", "distress"),
    ):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(BLOCK.format(intent=intent, text="words"), encoding="utf-8")
    assert {message.intent for message in read(tmp_path)} == {"greet", "distress"}
    assert {message.intent for message in read(tmp_path / TOPICS)} == {"ask_cost"}
    assert [message.intent for message in read_all(tmp_path)] == ["greet", "distress", "ask_cost", "out_of_scope"]


@pytest.mark.parametrize("besides", BESIDES)
def test_the_detector_learns_from_what_lies_besides_and_holds_none_of_it_out(tmp_path: Path, besides: str) -> None:
    topics = "".join(f"- intent: ask_cost\n  examples: |\n    - question {number}\n" for number in range(40))
    for name, blocks in (
        ("general.yml", BLOCK.format(intent="greet", text="words")),
        (f"{besides}/more.yml", f'version: "3.1"\nnlu:\n{topics}'),
    ):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(blocks, encoding="utf-8")
    assert any(message.development for message in read(tmp_path / besides))
    messages = read_all(tmp_path)
    assert [message.intent for message in messages] == ["greet", *["ask_cost"] * 40]
    assert not any(message.development for message in messages[1:])
    assert messages[1].group > messages[0].group


def test_without_questions_on_topics_the_rest_is_read(tmp_path: Path) -> None:
    (tmp_path / "general.yml").write_text(BLOCK.format(intent="greet", text="words"), encoding="utf-8")
    assert [message.text for message in read_all(tmp_path)] == ["words"]


def test_a_folder_without_messages_is_said(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no training data"):
        read(tmp_path)

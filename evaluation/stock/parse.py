"""Runs in .venv-rasa: reads texts as JSON lines, writes the top intent of each as JSON lines."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from rasa.core.agent import Agent


async def intents(model: str, texts: list[str]) -> list[str]:
    """The stock model's top intent of every text."""
    agent = Agent.load(model)
    found = []
    for number, text in enumerate(texts, 1):
        found.append((await agent.parse_message(text))["intent"]["name"])
        if number % 200 == 0:
            sys.stderr.write(f"parsed {number} of {len(texts)}\n")
    return found


def main(model: str, source: Path, target: Path) -> None:
    """Reads the texts, writes the intents."""
    texts = [json.loads(line)["text"] for line in source.read_text(encoding="utf-8").splitlines()]
    lines = [json.dumps({"intent": intent}) + "\n" for intent in asyncio.run(intents(model, texts))]
    target.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))

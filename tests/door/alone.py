"""A door by itself: real content, lexicon, store, writer; no models, a clock that the test sets, a Rasa that echoes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from holdfast.clinic import load_clinic
from holdfast.content.directory import Directory
from holdfast.content.wording import Wording
from holdfast.crisis.detector import Detector
from holdfast.door.assessor import Assessor
from holdfast.door.commit import Commit, Stored
from holdfast.door.conversation import Registry
from holdfast.door.messages import Inbound, Opening, Outbound
from holdfast.door.outgoing import Parts
from holdfast.door.rasa import RasaClient, RasaReply, RasaTurn
from holdfast.door.reader import Reader
from holdfast.door.service import Door
from holdfast.door.staff import Staff
from holdfast.door.state import ConversationState
from holdfast.door.store import Store
from holdfast.door.texts import Texts
from holdfast.door.writer import Writer
from holdfast.escalation.database import open_database
from holdfast.escalation.outbox import for_conversation
from holdfast.escalation.record import OutboxRecord
from holdfast.escalation.spool import Spool

ROOT = Path(__file__).resolve().parents[2]
START = 1_796_000_000.0
DETECTOR = Detector.load(lexicon_only=True)


class Echo(RasaClient):
    """Answers every message it is asked about with the same words, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def ask(
        self, sender: str, text: str, payload: str | None, metadata: Mapping[str, Any], *, deadline_s: float
    ) -> RasaTurn | None:
        self.asked.append(payload or text)
        return RasaTurn("greet", None, (RasaReply("Rasa's answer."),))


class Moody(Store):
    """A store that the test can have refuse to read or to write, as a database does that is down or locked."""

    readable = writable = True

    def load(self, conversation_id: str, limit: int = 500) -> Stored | None:
        if not self.readable:
            raise away()
        return super().load(conversation_id, limit)

    def commit(self, commit: Commit) -> None:
        if not self.writable:
            raise away()
        super().commit(commit)


def away() -> sa.exc.OperationalError:
    """What SQLAlchemy raises when the database does not answer."""
    return sa.exc.OperationalError("SELECT 1", {}, ConnectionError("down"))


@dataclass
class Alone:
    """One door and its clock, driven from a test that knows no event loop."""

    folder: Path
    database: str
    now: float = START
    rasa: Echo = field(default_factory=Echo)
    clinic: Path = ROOT / "clinic.yml"

    def __post_init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.engine = open_database(self.database)
        self._number = 0
        self._start()

    def _start(self) -> None:
        clinic = load_clinic(self.clinic)
        self.store = store = Moody(self.engine)
        self.spool = Spool(self.folder / "spool")

        reader = Reader(store, self.spool)

        async def load(conversation_id: str) -> Any:
            return reader.load(conversation_id)

        registry = Registry(
            load, lambda: replace(ConversationState(), country=clinic.country, language=clinic.languages[0])
        )
        texts = Texts(clinic, Directory.load(), Wording.load())
        writer = Writer(store, self.spool, deadline_s=60)
        self.parts = Parts(
            clinic, texts, Assessor(DETECTOR), store, writer, registry, self.rasa, clock=lambda: self.now
        )
        self.door = Door(self.parts)
        self.staff = Staff(self.door)

    def open(self, conversation: str = "c", **opening: Any) -> list[Outbound]:
        """Begins a conversation; the greeting."""
        return list(self.run(self.door.open(conversation, Opening(opening.pop("channel", "web"), **opening))))

    def say(self, text: str, conversation: str = "c", **more: Any) -> list[Outbound]:
        """Everything that a message is answered with, Rasa's part included."""
        self._number += 1
        message = Inbound(conversation, f"m{self._number}", text, more.pop("channel", "web"), **more)
        return self.run(self._say(message))

    def again(self, text: str, conversation: str = "c") -> list[Outbound]:
        """What the last message is answered with when the platform brings it a second time."""
        return self.run(self._say(Inbound(conversation, f"m{self._number}", text, "web")))

    def settle(self) -> None:
        """Waits for what the door does in the background."""

        async def tasks() -> None:
            await asyncio.gather(*self.door._tasks)

        self.run(tasks())

    def restart(self) -> None:
        """The door is killed and comes back; only what it wrote is left."""
        self._stop()
        self._start()

    def run(self, work: Any) -> Any:
        """The result of a coroutine of the door."""
        return self.loop.run_until_complete(work)

    def listen(self, conversation: str = "c") -> asyncio.Queue[Outbound]:
        """What an open page gets."""
        known = self.parts.registry.known(conversation)
        assert known is not None
        queue: asyncio.Queue[Outbound] = asyncio.Queue()
        known.listeners.add(queue)
        return queue

    def stored(self, conversation: str = "c") -> Stored:
        """The conversation as the store has it."""
        stored = Store(self.engine).load(conversation)
        assert stored is not None
        return stored

    def state(self, conversation: str = "c") -> ConversationState:
        known = self.parts.registry.known(conversation)
        assert known is not None
        return known.state

    def records(self, conversation: str = "c") -> list[OutboxRecord]:
        """What staff are to learn of."""
        with self.engine.connect() as connection:
            return [entry.record for entry in for_conversation(connection, conversation)]

    async def _say(self, message: Inbound) -> list[Outbound]:
        receipt = await self.door.handle(message)
        later = await receipt.following if receipt.following is not None else None
        return [*receipt.events, *(later.events if later else ())]

    def _stop(self) -> None:
        self.run(self.door.close())
        self.parts.assessor.close()
        self.parts.writer.close()

    def close(self) -> None:
        """Stops what runs."""
        self._stop()
        self.engine.dispose()
        self.loop.close()

"""What the classifier sees of a message, and that it survives being saved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("rasa", reason="Rasa lives in .venv-rasa; make test runs these there")

from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.nlu.tokenizers.whitespace_tokenizer import WhitespaceTokenizer
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from holdfast.crisis.encoder import EncoderError
from holdfast.crisis.vectors import CACHE
from holdfast.dialogue import featurizer as module
from holdfast.dialogue.classifier import PlainLogisticRegression
from holdfast.dialogue.featurizer import EncoderFeaturizer
from holdfast.dialogue.ngrams import NgramFeaturizer

MESSAGES = {
    "greet": ["hello there", "good morning", "hi you"],
    "ask_cost": ["what is the price", "cost please", "the price"],
}


@pytest.fixture
def place(tmp_path: Path) -> tuple[LocalModelStorage, Resource, ExecutionContext]:
    return LocalModelStorage(tmp_path), Resource("part"), ExecutionContext(GraphSchema({}), node_name="part")


def config(component: Any, **settings: Any) -> dict[str, Any]:
    return {**component.get_default_config(), **settings}


def sentence(message: Message, kind: str) -> Any:
    get = message.get_dense_features if kind == "dense" else message.get_sparse_features
    return get("text")[1].features


def tokenized(*texts: str) -> list[Message]:
    messages = [Message({"text": text}) for text in texts]
    return WhitespaceTokenizer(WhitespaceTokenizer.get_default_config()).process(messages)


def training() -> TrainingData:
    labeled = [(intent, text) for intent, texts in MESSAGES.items() for text in texts]
    messages = tokenized(*(text for _, text in labeled))
    for message, (intent, _) in zip(messages, labeled, strict=True):
        message.set("intent", intent)
    return TrainingData(messages)


def test_a_message_gets_one_vector_of_the_set_length(place: Any) -> None:
    component = EncoderFeaturizer.create(config(EncoderFeaturizer, scale=2.5), *place)
    [message] = component.process([Message({"text": "how are you"})])
    assert sentence(message, "dense").shape == (1, 384)
    assert np.linalg.norm(sentence(message, "dense")) == pytest.approx(2.5, rel=1e-4)


def test_a_spanish_question_lies_near_the_english_one(place: Any) -> None:
    component = EncoderFeaturizer.create(config(EncoderFeaturizer), *place)
    texts = ("¿Cuáles son los efectos secundarios?", "What are the side effects?", "Where can I park my car?")
    spanish, english, other = (
        sentence(m, "dense")[0] for m in component.process([Message({"text": t}) for t in texts])
    )
    assert spanish @ english > 0.6 > spanish @ other


def test_training_and_serving_give_the_same_vector(place: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "models", lambda: tmp_path)
    component = EncoderFeaturizer.create(config(EncoderFeaturizer), *place)
    data = training()
    component.process_training_data(data)
    [served] = component.process([Message({"text": "hello there"})])
    assert np.allclose(sentence(data.training_examples[0], "dense"), sentence(served, "dense"), atol=1e-6)
    assert (tmp_path / "cache" / CACHE).exists()


def test_without_an_encoder_the_vector_is_zero_and_the_log_says_what_to_do(
    place: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def missing() -> Any:
        raise EncoderError("encoder.onnx cannot be read. Restore the folder from the repository")

    monkeypatch.setattr(module, "encoder", missing)
    [message] = EncoderFeaturizer.create(config(EncoderFeaturizer), *place).process([Message({"text": "words"})])
    assert not sentence(message, "dense").any()
    assert "Restore" in caplog.text and "words" not in caplog.text


def test_ngrams_have_the_set_length_however_long_the_message(place: Any) -> None:
    settings = config(NgramFeaturizer, analyzer="char_wb", min_ngram=3, max_ngram=4, weight=1.5)
    component = NgramFeaturizer.create(settings, *place)
    component.train(training())
    short, long, empty = component.process(
        [*tokenized("hello", "what is the price please " * 20), Message({"text": ""})]
    )
    for message in (short, long):
        assert np.sqrt(sentence(message, "sparse").power(2).sum()) == pytest.approx(1.5)
    assert empty.get_sparse_features("text") == (None, None)


def test_the_classifier_is_the_same_after_being_saved(place: Any) -> None:
    data = training()
    ngrams = NgramFeaturizer.create(config(NgramFeaturizer, analyzer="char_wb", min_ngram=2, max_ngram=4), *place)
    ngrams.train(data)
    ngrams.process_training_data(data)
    storage, _, context = place
    resource = Resource("classifier")
    settings = config(PlainLogisticRegression, ranking_length=0)
    trained = PlainLogisticRegression.create(settings, storage, resource, context)
    trained.train(data)
    loaded = PlainLogisticRegression.load(settings, storage, resource, context)
    for component in (trained, loaded):
        [message] = component.process(ngrams.process(tokenized("price of that")))
        assert message.get("intent")["name"] == "ask_cost"
        ranks = {entry["name"]: entry["confidence"] for entry in message.get("intent_ranking")}
        assert sum(ranks.values()) == pytest.approx(1)
        assert ranks["ask_cost"] == pytest.approx(message.get("intent")["confidence"])
    [one], [two] = (c.process(ngrams.process(tokenized("price of that"))) for c in (trained, loaded))
    assert one.get("intent_ranking") == two.get("intent_ranking")

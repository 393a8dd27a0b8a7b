"""Builds the sentence encoder: MiniLM weights become a small int8 model for CTranslate2, or the tuned one is placed.

Only numpy is needed; torch never is. Run once at set-up: `python -m encoder.build TARGET` places the encoder that comes
with Gateside; `python -m encoder.build SOURCE TARGET` builds the published one, untuned, from its weights.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from ctranslate2.specs import common_spec, transformer_spec
from numpy.typing import NDArray
from safetensors.numpy import load_file

from encoder.tuned import BUILD_RECORD, TUNED

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""The published `model.safetensors` of all-MiniLM-L6-v2."""

RECIPE = "int8, mean pooling, 1"
"""Changes when a new build would differ from an old one made of the same weights."""

Weights = Mapping[str, NDArray[np.float32]]


class EncoderSourceError(RuntimeError):
    """The weights are missing or are not the published ones; the message says what to do."""


def build_encoder(package_folder: Path, target: Path, say: Callable[[str], None] = lambda line: None) -> bool:
    """Build the encoder from the weights found in or below `package_folder` into `target`.

    Returns False, and touches nothing, when `target` was already built from the same weights.
    Raises `EncoderSourceError` when the weights are missing or their SHA-256 is not the published one.
    """
    source = _folder_with_weights(package_folder)
    say(f"Checking {source / 'model.safetensors'}")
    _check_weights(source / "model.safetensors")
    if _is_built(target):
        say("The sentence encoder is already built from these weights.")
        return False
    say("Building the sentence encoder (int8)")
    _replace(target, lambda unfinished: _write_model(source, unfinished, WEIGHTS_SHA256))
    say(f"The sentence encoder stands in {target}")
    return True


def place_tuned(target: Path, say: Callable[[str], None] = lambda line: None) -> bool:
    """Put the tuned encoder that comes with Gateside into `target`; False, touching nothing, when it stands there."""
    record = _record_in(TUNED)
    if record == _record_in(target):
        say("The sentence encoder is already there.")
        return False
    _replace(target, lambda unfinished: shutil.copytree(TUNED, unfinished))
    say(f"The sentence encoder stands in {target}")
    return True


def convert(source: Path, target: Path) -> None:
    """Any weights of MiniLM's shape in `source` (with tokenizer and config) as an int8 encoder in `target`."""
    digest = hashlib.sha256((source / "model.safetensors").read_bytes()).hexdigest()
    _replace(target, lambda unfinished: _write_model(source, unfinished, digest))


def _folder_with_weights(package_folder: Path) -> Path:
    for weights in sorted(package_folder.rglob("model.safetensors")):
        if (weights.parent / "tokenizer.json").is_file() and (weights.parent / "config.json").is_file():
            return weights.parent
    raise EncoderSourceError(
        f"No model.safetensors with tokenizer.json and config.json in {package_folder}. Install "
        "requirements/encoder.txt into it, or set GATESIDE_ENCODER_SOURCE to a folder that holds the three files."
    )


def _check_weights(file: Path) -> None:
    found = hashlib.sha256(file.read_bytes()).hexdigest()
    if found != WEIGHTS_SHA256:
        raise EncoderSourceError(
            f"{file} is not the published all-MiniLM-L6-v2 weights (SHA-256 {found}, expected {WEIGHTS_SHA256}). "
            "Fetch it again or name another folder in GATESIDE_ENCODER_SOURCE."
        )


def _is_built(target: Path) -> bool:
    return _record_in(target) == _build_record(WEIGHTS_SHA256)


def _build_record(weights: str) -> dict[str, str]:
    return {"weights_sha256": weights, "recipe": RECIPE}


def _record_in(folder: Path) -> object:
    record = folder / BUILD_RECORD
    return json.loads(record.read_text("utf-8")) if record.is_file() else None


def _replace(target: Path, write: Callable[[Path], object]) -> None:
    """`target` as `write` makes it, whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=target.parent) as unfinished:
        write(Path(unfinished) / "encoder")
        if target.exists():
            shutil.rmtree(target)
        (Path(unfinished) / "encoder").rename(target)


def _write_model(source: Path, target: Path, weights: str) -> None:
    config = json.loads((source / "config.json").read_text("utf-8"))
    model = _filled_spec(config, load_file(source / "model.safetensors"))
    model.config.unk_token = "[UNK]"  # noqa: S105 - a word piece, not a password
    model.config.layer_norm_epsilon = config["layer_norm_eps"]
    model.register_vocabulary(_vocabulary(source / "tokenizer.json"))
    model.validate()
    model.optimize(quantization="int8")
    target.mkdir()
    model.save(str(target))
    shutil.copyfile(source / "tokenizer.json", target / "tokenizer.json")
    (target / BUILD_RECORD).write_text(json.dumps(_build_record(weights)), "utf-8")


def _vocabulary(tokenizer_file: Path) -> list[str]:
    numbers: dict[str, int] = json.loads(tokenizer_file.read_text("utf-8"))["model"]["vocab"]
    return sorted(numbers, key=numbers.__getitem__)


def _filled_spec(config: Mapping[str, Any], weights: Weights) -> Any:
    """BERT's architecture (post-norm, two embeddings added, GELU) in CTranslate2's terms, without BERT's pooler."""
    encoder = transformer_spec.TransformerEncoderSpec(
        config["num_hidden_layers"],
        config["num_attention_heads"],
        pre_norm=False,
        activation=common_spec.Activation.GELU,
        layernorm_embedding=True,
        num_source_embeddings=2,
        embeddings_merge=common_spec.EmbeddingsMerge.ADD,
    )
    encoder.scale_embeddings = False
    encoder.embeddings[0].weight = weights["embeddings.word_embeddings.weight"]
    encoder.embeddings[1].weight = weights["embeddings.token_type_embeddings.weight"]
    encoder.position_encodings.encodings = weights["embeddings.position_embeddings.weight"]
    _fill_norm(encoder.layernorm_embedding, weights, "embeddings.LayerNorm")
    for number, layer in enumerate(encoder.layer):
        _fill_layer(layer, weights, f"encoder.layer.{number}")
    return transformer_spec.TransformerEncoderModelSpec(encoder)


def _fill_layer(layer: Any, weights: Weights, name: str) -> None:
    parts = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
    layer.self_attention.linear[0].weight = np.concatenate([weights[f"{part}.weight"] for part in parts])
    layer.self_attention.linear[0].bias = np.concatenate([weights[f"{part}.bias"] for part in parts])
    _fill_linear(layer.self_attention.linear[1], weights, f"{name}.attention.output.dense")
    _fill_norm(layer.self_attention.layer_norm, weights, f"{name}.attention.output.LayerNorm")
    _fill_linear(layer.ffn.linear_0, weights, f"{name}.intermediate.dense")
    _fill_linear(layer.ffn.linear_1, weights, f"{name}.output.dense")
    _fill_norm(layer.ffn.layer_norm, weights, f"{name}.output.LayerNorm")


def _fill_linear(part: Any, weights: Weights, name: str) -> None:
    part.weight = weights[f"{name}.weight"]
    part.bias = weights[f"{name}.bias"]


def _fill_norm(part: Any, weights: Weights, name: str) -> None:
    part.gamma = weights[f"{name}.weight"]
    part.beta = weights[f"{name}.bias"]


def main(*folders: str) -> int:
    """Build into the last of `folders`: from the weights in or below the first, or the tuned encoder as it comes."""
    *source, target = (Path(folder) for folder in folders)

    def say(line: str) -> None:
        _write_line(sys.stdout, line)

    try:
        build_encoder(source[0], target, say) if source else place_tuned(target, say)
    except EncoderSourceError as error:
        _write_line(sys.stderr, str(error))
        return 1
    return 0


def _write_line(stream: Any, line: str) -> None:
    stream.write(line + "\n")
    stream.flush()


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))

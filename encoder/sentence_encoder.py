"""Sentences in, vectors out."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from encoder.layers import lower_layers
from encoder.tuned import BUILD_RECORD

DIMENSIONS = 384
MOST_TOKENS = 256
"""What all-MiniLM-L6-v2 was trained to read; words after that are left out."""

_BATCH = 64
_KERNELS, _WIDEST = "CT2_FORCE_CPU_ISA", "AVX512"
_NEEDED_FOR_WIDEST = {"avx512f", "avx512cd", "avx512vl", "avx512bw", "avx512dq"}
_PROCESSOR = Path("/proc/cpuinfo")
_SMALLEST_LENGTH = 1e-12


class EncoderNotBuiltError(RuntimeError):
    """There is no encoder in the folder; the message says how to build it."""


class SentenceEncoder:
    """all-MiniLM-L6-v2 in int8, tuned or as published: one text, one vector; on one thread unless told otherwise."""

    def __init__(self, model: Any, tokenizer: Any, name: str) -> None:
        self._model = model
        self._tokenizer = tokenizer
        self.name = name
        """The SHA-256 of the weights it was built from: vectors of encoders with different names don't compare."""

    @classmethod
    def load(cls, folder: Path, threads: int = 1, layers: int | None = None) -> SentenceEncoder:
        """Load what `encoder.build` wrote: all of it, or its first `layers` layers alone, which are as much quicker.

        Raises `EncoderNotBuiltError` when it isn't there, `ModelFileError` when it has no such layers.
        """
        if not (folder / "model.bin").is_file() or not (folder / "tokenizer.json").is_file():
            raise EncoderNotBuiltError(f"No sentence encoder in {folder}. Build it with: python -m encoder.build")
        _choose_kernels()
        files = _files_with(folder, layers) if layers is not None else None
        model = ctranslate2.Encoder(str(folder), device="cpu", intra_threads=threads, inter_threads=1, files=files)
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(MOST_TOKENS)
        return cls(model, tokenizer, json.loads((folder / BUILD_RECORD).read_text("utf-8"))["weights_sha256"])

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The texts' vectors, shape (len(texts), 384), float32, each of length 1."""
        if len(texts) == 1:
            return self._encoded(texts[0])
        vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch([_writable(text) for text in texts])]
        # Texts of one length go together, so that no text's vector depends on the padding of its neighbours.
        by_length = sorted(range(len(texts)), key=lambda index: len(tokens[index]))
        for rows in _runs_of_one_length(by_length, tokens):
            states = self._model.forward_batch([tokens[row] for row in rows]).last_hidden_state
            vectors[rows] = np.array(states, dtype=np.float32).mean(axis=1)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return (vectors / np.maximum(lengths, _SMALLEST_LENGTH)).astype(np.float32)

    def _encoded(self, text: str) -> NDArray[np.float32]:
        """One text's vector, shape (1, 384): nothing to sort, no other threads to wake."""
        tokens = self._tokenizer.encode(_writable(text)).ids
        vector = np.add.reduce(np.asarray(self._model.forward_batch([tokens]).last_hidden_state), axis=1)
        return np.asarray(vector / max(math.sqrt(vector[0] @ vector[0]), _SMALLEST_LENGTH), dtype=np.float32)


def _files_with(folder: Path, layers: int) -> dict[str, bytes]:
    """What CTranslate2 reads of an encoder, by name, with its first `layers` layers alone."""
    files = {name: (folder / name).read_bytes() for name in ("model.bin", "config.json", "vocabulary.json")}
    return files | {"model.bin": lower_layers(files["model.bin"], layers)}


def _choose_kernels() -> None:
    """On some processors CTranslate2 leaves AVX-512 unused unless told; with it a message takes a tenth less time."""
    told = _PROCESSOR.read_text("utf-8") if _PROCESSOR.is_file() else ""
    flags = next((line.split() for line in told.splitlines() if line.startswith("flags")), [])
    if set(flags) >= _NEEDED_FOR_WIDEST:
        os.environ.setdefault(_KERNELS, _WIDEST)


def _writable(text: str) -> str:
    """A lone surrogate, which no UTF-8 can carry, becomes a question mark."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _runs_of_one_length(order: Sequence[int], tokens: Sequence[Sequence[int]]) -> list[list[int]]:
    runs: list[list[int]] = []
    for row in order:
        if runs and len(runs[-1]) < _BATCH and len(tokens[runs[-1][0]]) == len(tokens[row]):
            runs[-1].append(row)
        else:
            runs.append([row])
    return runs

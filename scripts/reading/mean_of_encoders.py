"""Makes one encoder of several that were tuned from the same beginning: the mean of their weights.

`python -m scripts.reading.mean_of_encoders TARGET FOLDER=SHARE...`, each folder as `tune_encoder.py` leaves it, shares
that add up to 1. Where tunings went different ways from one beginning, their mean reads what none of them saw better
than most of them, and takes no longer to read than one (Wortsman and others 2022, "Model soups").
"""

from __future__ import annotations

import math
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

Arrays = Mapping[str, NDArray[np.float32]]


def main(target: str, *parts: str) -> None:
    """Write the mean into the folder `target`. Raises SystemExit when the shares don't add up to 1."""
    folders = [Path(part.rpartition("=")[0]) for part in parts]
    shares = [float(part.rpartition("=")[2]) for part in parts]
    if not math.isclose(sum(shares), 1.0):
        raise SystemExit(f"The shares add up to {sum(shares)}, not to 1.")
    out = Path(target)
    out.mkdir(parents=True, exist_ok=True)
    weights = [load_file(folder / "model.safetensors") for folder in folders]
    save_file(mean(weights, shares), out / "model.safetensors")
    heads = [dict(np.load(folder / "heads.npz")) for folder in folders]
    np.savez(out / "heads.npz", **mean(heads, shares))
    for name in ("tokenizer.json", "config.json", "tuning.json"):
        shutil.copyfile(folders[-1] / name, out / name)


def mean(weights: Sequence[Arrays], shares: Sequence[float]) -> dict[str, NDArray[np.float32]]:
    """Name by name; what is counted in whole numbers is the same in all and taken from the first."""
    return {
        name: sum((share * part[name] for share, part in zip(shares, weights, strict=True)), np.zeros_like(first))
        if first.dtype.kind == "f"
        else first
        for name, first in weights[0].items()
    }


if __name__ == "__main__":
    main(*sys.argv[1:])

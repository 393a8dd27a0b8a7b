"""Turns tuned weights into the int8 encoder that comes with Gateside: the third step of `make train-reader`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from encoder.build import convert
from encoder.tuned import TUNED

if __name__ == "__main__":
    source = Path(sys.argv[1])
    convert(source, TUNED)
    shutil.copyfile(source / "tuning.json", TUNED / "tuning.json")

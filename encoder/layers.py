"""The lower layers of an encoder alone, cut out of the file that holds all of them."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

_UNDERSTOOD = 6
"""The version of CTranslate2's file of a model that is read and written here."""
_LAYER = re.compile(r"encoder/layer_(\d+)/")


class ModelFileError(ValueError):
    """The file is not one of CTranslate2's, or of another version than is understood here."""


def lower_layers(model: bytes, layers: int) -> bytes:
    """CTranslate2's file `model` with its first `layers` layers and the embeddings, and none of the rest.

    The variables follow each other, each with its name; a layer is there when its variables are. Raises
    `ModelFileError` when the file can't be understood or has fewer layers.
    """
    file = _File(model)
    if file.number("I") != _UNDERSTOOD:
        raise ModelFileError("The encoder's file has a version that can't be read here. Build the encoder anew.")
    file.name()
    file.number("I")
    head = model[: file.place]
    variables = list(_variables(file))
    there = {int(layer[1]) for name, _ in variables if (layer := _LAYER.match(name))}
    if not 0 < layers <= len(there):
        raise ModelFileError(f"The encoder has {len(there)} layers; {layers} of them were asked for.")
    kept = [part for name, part in variables if not (layer := _LAYER.match(name)) or int(layer[1]) < layers]
    return b"".join([head, struct.pack("<I", len(kept)), *kept, model[file.place :]])


class _File:
    """Reads a model's file from front to back."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.place = 0

    def number(self, form: str) -> int:
        """The next number: of one byte (B), two (H) or four (I)."""
        try:
            (found,) = struct.unpack_from(f"<{form}", self.content, self.place)
        except struct.error as error:
            raise ModelFileError("The encoder's file ends too early. Build the encoder anew.") from error
        self.place += struct.calcsize(f"<{form}")
        return int(found)

    def name(self) -> str:
        """The next name; a zero byte ends it."""
        length = self.number("H")
        self.place += length
        return self.content[self.place - length : self.place - 1].decode("utf-8")


def _variables(file: _File) -> Iterator[tuple[str, bytes]]:
    """Each variable's name, and the whole stretch of the file that it takes."""
    for _ in range(file.number("I")):
        start, name = file.place, file.name()
        for _ in range(file.number("B")):
            file.number("I")
        file.number("B")
        length = file.number("I")
        file.place += length
        yield name, file.content[start : file.place]

"""Turns the content library into words for a channel and an audience."""

from voice.library import AUDIENCES, CHANNELS, Block, Library, LibraryError, Review, Source
from voice.voice import CannotSayError, UnknownContentError, Utterance, Voice

__all__ = [
    "AUDIENCES",
    "CHANNELS",
    "Block",
    "CannotSayError",
    "Library",
    "LibraryError",
    "Review",
    "Source",
    "UnknownContentError",
    "Utterance",
    "Voice",
]

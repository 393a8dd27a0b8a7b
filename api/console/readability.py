"""How old a reader must be for a text: Flesch-Kincaid by textstat, names and numbers left out."""

from __future__ import annotations

import re
from collections.abc import Iterable

import textstat

# A school grade plus five is the age of the child who is in it (grade 6: eleven-year-olds).
_GRADE_TO_AGE = 5
_PLAIN_WORD = "thing"
_SENTENCE_END = re.compile(r"[.?!]+(?=\s|$)")
NUMBER = re.compile(r"(?<![\w+])\+?\d[\d ()-]*\d(?!\w)")
WEB_ADDRESS = re.compile(
    r"(?:https?://)?\b(?:[a-z0-9-]+\.)+(?:org|uk|com|scot|net|gov)\b(?:/[^\s,;)]*)?", re.IGNORECASE
)


def reading_age(text: str, *, exempt: Iterable[str] = (), fewest_words: int = 0) -> float | None:
    """The age in years, None for a text shorter than `fewest_words`: one long name would decide.

    `exempt` are names and filled-in values that count as one plain word each.
    """
    plain = _for_reading(text, exempt)
    if len(plain.split()) < max(fewest_words, 1):
        return None
    return _flesch_kincaid_grade(plain) + _GRADE_TO_AGE


def _flesch_kincaid_grade(text: str) -> float:
    """The US school grade (Kincaid and others, 1975): 0.39 words a sentence + 11.8 syllables a word - 15.59.

    Words and syllables are counted by textstat with the CMU dictionary. Sentences are counted here: textstat leaves
    out those of one or two words, which are the best ones in an emergency.
    """
    words = max(textstat.lexicon_count(text), 1)
    sentences = max(len([sentence for sentence in _SENTENCE_END.split(text) if sentence.strip()]), 1)
    return float(0.39 * words / sentences + 11.8 * textstat.syllable_count(text) / words - 15.59)


def _for_reading(text: str, exempt: Iterable[str]) -> str:
    """The text with names, numbers and filled-in values as one plain word each, and every line a sentence."""
    for name in sorted(exempt, key=len, reverse=True):
        text = re.sub(rf"\b{re.escape(name)}(?!\w)", _PLAIN_WORD, text, flags=re.IGNORECASE)
    text = WEB_ADDRESS.sub(_PLAIN_WORD, NUMBER.sub(_PLAIN_WORD, text))
    lines = [line.strip(" -*") for line in text.splitlines() if line.strip(" -*")]
    return "\n".join(line if line[-1] in ".?:;," else f"{line}." for line in lines)

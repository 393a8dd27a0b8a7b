"""Teaches the sentence encoder how frightened people write: the second step of `make train-reader`.

Needs PyTorch and transformers (`requirements/train.txt`), which nothing else here does. One encoder learns three
things at once from `examples.py`'s file: what is wanted (from its lower layers), how dangerous it is, what kind of
danger. It reads every text in turn as it was written, as either reading spells it, with slips, and among other things
that were said. The word pieces' own vectors stay as published. Writes `model.safetensors` with tokenizer and config,
`heads.npz` (the danger heads) and `tuning.json` (what it reached on the texts kept back) into a folder.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch import nn
from transformers import AutoModel

KINDS = ["overdose", "suicide", "self_harm", "withdrawal", "violence", "child"]
LEAD_UP = {"identify_family", "identify_self", "express_distress", "greet", "thank"}
SAID_ALONE = {"greet", "goodbye", "thank", "affirm", "deny", "unsure", "out_of_scope", "abuse", "wrong_number"}
DIMENSIONS, MOST_TOKENS, STEP_OF_LENGTHS, BATCH = 384, 128, 8, 32
HEADS_RATE, WARM_UP, DROPOUT = 2e-3, 0.08, 0.1
DANGER_COPIES = 2
INTENT_LOSS, DANGER_LOSS, KIND_LOSS, APART_LOSS, SMOOTHING = 1.25, 1.5, 0.3, 0.3, 0.05
LAYERS_FOR_INTENT = 3
"""As in `encoder.tuned`, which can't be imported here."""
APART = 4.0
"""How far above every harmless message of its batch a dangerous one should score."""
UNSURE = 0.015
"""How far from 0 and 1 the levels are aimed at, so that no single example is learnt at any price."""


class Reader(nn.Module):
    """The encoder with its heads. Vectors are of length 1 before the heads see them, as they are when reading."""

    def __init__(self, source: Path, intents: int) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(str(source), add_pooling_layer=False, attn_implementation="sdpa")
        self.encoder.embeddings.word_embeddings.weight.requires_grad_(False)
        self.scale = nn.Parameter(torch.tensor(16.0))
        self.drop = nn.Dropout(DROPOUT)
        self.intent = nn.Linear(DIMENSIONS, intents)
        self.level = nn.Linear(DIMENSIONS, 3)
        self.kind = nn.Linear(DIMENSIONS, len(KINDS))

    def vectors(self, ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The mean over the words, of length 1, after the layers for intents and after all: each (texts, 384)."""
        states = self.encoder(input_ids=ids, attention_mask=mask, output_hidden_states=True).hidden_states
        weight = mask.unsqueeze(-1).to(states[0].dtype)
        after = [(states[layers] * weight).sum(1) / weight.sum(1) for layers in (LAYERS_FOR_INTENT, -1)]
        lower, last = (nn.functional.normalize(mean.float(), dim=-1) for mean in after)
        return lower, last

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Scores of intents, of levels (at least check, urgent, emergency) and of kinds."""
        lower, last = (self.drop(vectors) * self.scale for vectors in self.vectors(ids, mask))
        return self.intent(lower).float(), self.level(last).float(), self.kind(last).float()


class Pieces:
    """Texts as padded word pieces."""

    def __init__(self, source: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(source / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MOST_TOKENS)

    def of(self, texts: Sequence[str]) -> tuple[torch.Tensor, torch.Tensor]:
        """Ids and mask, each (texts, the longest's length rounded up): few shapes, each compiled once."""
        found = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        longest = -(-max(map(len, found)) // STEP_OF_LENGTHS) * STEP_OF_LENGTHS
        ids = torch.zeros(len(found), longest, dtype=torch.long)
        for row, pieces in enumerate(found):
            ids[row, : len(pieces)] = torch.tensor(pieces)
        mask = torch.zeros_like(ids)
        for row, pieces in enumerate(found):
            mask[row, : len(pieces)] = 1
        return ids, mask


class Wordings:
    """Each example in another wording every time it is read."""

    def __init__(self, rows: Sequence[dict[str, Any]], chance: random.Random) -> None:
        self.dangers = [row for row in rows if row["intent"] is None]
        self.intents = [row for row in rows if row["intent"] is not None]
        self._harmless = [row for row in self.intents if row["danger"] == 0 and len(row["text"]) > 25]
        self._quiet = [row for row in self.dangers if row["danger"] == 0]
        self._close = [row for row in self.dangers if row.get("close")]
        self._leads = [row for row in self.intents if row["intent"] in LEAD_UP]
        self._chance = chance

    def one_pass(self) -> list[tuple[str, dict[str, Any], int | None]]:
        """Every example as (text, row, danger), in any order; those of danger more than once, close pairs most."""
        rows = self.intents + self.dangers * DANGER_COPIES + self._close
        self._chance.shuffle(rows)
        return [self._reworded(row) for row in rows]

    def _reworded(self, row: dict[str, Any]) -> tuple[str, dict[str, Any], int | None]:
        text, danger, roll = self._spelt(row), row["danger"], self._chance.random()
        if row["intent"] is None and roll < 0.3:
            others = self._harmless if danger or self._chance.random() < 0.6 else self._quiet
            parts = [text, self._spelt(self._chance.choice(others))]
            self._chance.shuffle(parts)
            text = self._chance.choice((". ", " ", ", ", " and ")).join(parts)
        elif row["intent"] is not None and row["intent"] not in SAID_ALONE and roll < 0.12:
            lead = self._chance.choice(self._leads)
            text = lead["spellings"][0] + self._chance.choice((". ", " ", ", ", " but ")) + text
            danger = None if lead["danger"] is None else danger
        return text, row, danger

    def _spelt(self, row: dict[str, Any]) -> str:
        """Mostly as the reading spells it that the example is for."""
        roll, (own, other) = self._chance.random(), row["spellings"]
        if row["intent"] is None:
            own, other = other, own
        if roll < 0.50:
            return str(own)
        if roll < 0.68:
            return str(other)
        if roll < 0.85:
            return str(row["text"].lower())
        return self._slipped(own)

    def _slipped(self, text: str) -> str:
        words = text.split()
        for _ in range(max(1, len(words) // 5) if words else 0):
            place = self._chance.randrange(len(words))
            words[place] = self._with_slip(words[place])
        return " ".join(words)

    def _with_slip(self, word: str) -> str:
        if len(word) < 3:
            return word
        at, kind = self._chance.randrange(1, len(word)), self._chance.random()
        if kind < 0.25:
            return word[:at] + word[at + 1 :]
        if kind < 0.5:
            return word[:at] + word[at] + word[at:]
        if kind < 0.7:
            return word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]
        if kind < 0.85:
            return word[0] + re.sub("[aeiou]", "", word[1:])
        return word[:at] + self._chance.choice("etaoinshrdlu") + word[at + 1 :]


def loss_of(
    scores: tuple[torch.Tensor, torch.Tensor, torch.Tensor], rows: Sequence[tuple[str, dict[str, Any], int | None]],
    intents: Sequence[str],
) -> torch.Tensor:  # fmt: skip
    """What is wrong with the scores, each head judged by the examples that are labelled for it."""
    of_intent, of_level, of_kind = scores
    wanted = torch.tensor([intents.index(row["intent"]) if row["intent"] else -1 for _, row, _ in rows])
    danger = torch.tensor([-1 if level is None else level for _, _, level in rows])
    kinds = torch.tensor([[float(kind in row["kinds"]) for kind in KINDS] for _, row, _ in rows])
    total = torch.zeros(())
    if (known := wanted >= 0).any():
        total = total + INTENT_LOSS * nn.functional.cross_entropy(
            of_intent[known], wanted[known], label_smoothing=SMOOTHING, reduction="sum"
        )
    binary = nn.functional.binary_cross_entropy_with_logits
    if (known := danger >= 0).any():
        reached = torch.stack([(danger[known] > level).float() for level in range(3)], 1)
        aim = reached * (1 - 2 * UNSURE) + UNSURE
        total = total + DANGER_LOSS * binary(of_level[known], aim, reduction="sum")
        total = total + APART_LOSS * known.sum() * too_close(of_level[known], danger[known])
    if (known := danger > 0).any():
        total = total + KIND_LOSS * binary(of_kind[known], kinds[known], reduction="sum")
    return total / len(rows)


def too_close(of_level: torch.Tensor, danger: torch.Tensor) -> torch.Tensor:
    """How little the dangerous messages of a batch stand above the harmless: to be asked about, and emergencies."""
    total = torch.zeros(())
    for level in (0, 2):
        above, below = of_level[danger > level, level], of_level[danger == 0, level]
        if len(above) and len(below):
            total = total + nn.functional.softplus(APART - (above[:, None] - below[None, :])).mean()
    return total


def reached(model: Reader, pieces: Pieces, rows: Sequence[dict[str, Any]], intents: Sequence[str]) -> dict[str, float]:
    """Shares right on `rows`, which the encoder was not shown."""
    model.eval()
    asking = [row for row in rows if row["intent"] is not None]
    told = [row for row in rows if row["intent"] is None]
    of_intent = _in_parts(model, pieces, [row["spellings"][0] for row in asking])[0].topk(3).indices.numpy()
    right = np.array([intents.index(row["intent"]) for row in asking])
    levels = torch.sigmoid(_in_parts(model, pieces, [row["spellings"][1] for row in told])[1]).numpy()
    danger = np.array([row["danger"] for row in told])
    hard = np.array([row["source"] == "hard_negatives" for row in told])
    model.train()
    return {
        "intent first": float((of_intent[:, 0] == right).mean()),
        "intent among three": float((of_intent == right[:, None]).any(1).mean()),
        "emergency": float((levels[danger == 3, 2] > 0.5).mean()),
        "emergency, at least asked": float((levels[danger == 3, 0] > 0.5).mean()),
        "urgent, at least asked": float((levels[danger == 2, 0] > 0.5).mean()),
        "hard negatives as emergency": float((levels[hard, 2] > 0.5).mean()),
        "hard negatives, at least asked": float((levels[hard, 0] > 0.5).mean()),
    }


def _in_parts(model: Reader, pieces: Pieces, texts: Sequence[str]) -> list[torch.Tensor]:
    order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
    found = []
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        for start in range(0, len(order), 64):
            found.append(model(*pieces.of([texts[row] for row in order[start : start + 64]])))
    back = np.argsort(order)
    return [torch.cat([part[head] for part in found])[back] for head in range(3)]


def batches_of_like_length(made: list[Any], chance: random.Random) -> list[list[Any]]:
    """Batches whose texts are about as long as each other, in any order: little padding is read."""
    found = []
    for start in range(0, len(made), BATCH * 16):
        part = sorted(made[start : start + BATCH * 16], key=lambda entry: len(entry[0]))
        found += [part[at : at + BATCH] for at in range(0, len(part), BATCH)]
    chance.shuffle(found)
    return found


def main() -> None:
    """Tune and write; says every fifty steps how far it is."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("examples", type=Path)
    asked.add_argument("source", type=Path, help="the folder with published weights or earlier tuned ones")
    asked.add_argument("target", type=Path)
    asked.add_argument("--passes", type=int, default=6)
    asked.add_argument("--rate", type=float, default=8e-5, help="of the encoder at its highest; less to tune further")
    asked.add_argument("--seed", type=int, default=7)
    told = asked.parse_args()
    torch.manual_seed(told.seed)
    torch.set_num_threads(2)
    chance = random.Random(told.seed)  # noqa: S311 - for variety, nothing secret
    rows = [json.loads(line) for line in told.examples.read_text(encoding="utf-8").splitlines()]
    held, taught = [row for row in rows if row["kept_back"]], [row for row in rows if not row["kept_back"]]
    intents = sorted({row["intent"] for row in rows if row["intent"]})
    model, pieces, wordings = Reader(told.source, len(intents)), Pieces(told.source), Wordings(taught, chance)
    tune(model, pieces, wordings, intents, held, told.passes, told.rate, chance)
    earlier = told.source / "tuning.json"
    rounds = json.loads(earlier.read_text(encoding="utf-8"))["rounds"] if earlier.is_file() else []
    scores = {name: round(share, 3) for name, share in reached(model, pieces, held, intents).items()}
    done = {
        "texts": len(taught),
        "passes": told.passes,
        "rate": told.rate,
        "intent_from_layers": [LAYERS_FOR_INTENT],
        "reached_on_texts_kept_back": scores,
    }
    store(model, told.source, told.target, [*rounds, done])


def tune(
    model: Reader, pieces: Pieces, wordings: Wordings, intents: Sequence[str], held: Sequence[dict[str, Any]],
    passes: int, highest: float, chance: random.Random,
) -> None:  # fmt: skip
    """Gradient descent (AdamW, a rate that rises, then falls), in bfloat16 where that is quicker."""
    heads = [value for name, value in model.named_parameters() if not name.startswith("encoder.")]
    body = [value for value in model.encoder.parameters() if value.requires_grad]
    steps = passes * (len(wordings.one_pass()) // BATCH + 1)
    descent = torch.optim.AdamW(
        [{"params": body, "lr": highest}, {"params": heads, "lr": HEADS_RATE}], weight_decay=0.01, fused=True
    )
    rate = torch.optim.lr_scheduler.LambdaLR(
        descent, lambda step: min(1.0, (step + 1) / (WARM_UP * steps)) * max(0.02, 1 - step / steps)
    )
    begun, step, loss_so_far = time.monotonic(), 0, 0.0
    model.train()
    for number in range(passes):
        for batch in batches_of_like_length(wordings.one_pass(), chance):
            with torch.autocast("cpu", dtype=torch.bfloat16):
                scores = model(*pieces.of([text for text, _, _ in batch]))
            loss = loss_of(scores, batch, intents)
            descent.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            descent.step()
            rate.step()
            step += 1
            loss_so_far = 0.98 * loss_so_far + 0.02 * loss.item() if loss_so_far else loss.item()
            if step % 50 == 0:
                say(f"step {step} of {steps}, loss {loss_so_far:.2f}, {time.monotonic() - begun:.0f} s")
        say(f"pass {number + 1}: {json.dumps(reached(model, pieces, held, intents))}")


def store(model: Reader, source: Path, target: Path, rounds: list[dict[str, Any]]) -> None:
    """Write the weights as published ones are written, the danger heads, and how it came about."""
    target.mkdir(parents=True, exist_ok=True)
    weights = {name: value.detach().float().contiguous() for name, value in model.encoder.state_dict().items()}
    save_file(weights, str(target / "model.safetensors"))
    for name in ("tokenizer.json", "config.json"):
        shutil.copyfile(source / name, target / name)
    scale = model.scale.detach().numpy()
    np.savez(
        target / "heads.npz",
        level_vector=model.level.weight.detach().numpy().T * scale,
        level_bias=model.level.bias.detach().numpy(),
        kind_vector=model.kind.weight.detach().numpy().T * scale,
        kind_bias=model.kind.bias.detach().numpy(),
    )
    recipe = {
        "what": "all-MiniLM-L6-v2 tuned to intents and danger at once, by scripts/reading/tune_encoder.py",
        "batch": BATCH,
        "rate_of_the_heads": HEADS_RATE,
        "rounds": rounds,
    }
    (target / "tuning.json").write_text(json.dumps(recipe, indent=2) + "\n", encoding="utf-8")


def say(line: str) -> None:
    """One line, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

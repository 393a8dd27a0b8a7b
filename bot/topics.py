"""What each topic is called when it is offered as a choice."""

from __future__ import annotations

from functools import lru_cache

import yaml

from reference.paths import data_folder


@lru_cache(maxsize=1)
def topic_names() -> dict[str, str]:
    """Intent -> the plain words for it, from `data/language/topics.yml`. Intents without a name are never offered."""
    with (data_folder() / "language" / "topics.yml").open(encoding="utf-8") as file:
        return {str(intent): str(name) for intent, name in yaml.safe_load(file)["topics"].items()}

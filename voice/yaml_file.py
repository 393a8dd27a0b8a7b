"""YAML as a helpline author means it: yes and no are words, and nothing may be written twice."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

try:
    from yaml import CSafeLoader as _SafeLoader
except ImportError:  # a PyYAML built without libyaml reads the same, more slowly
    from yaml import SafeLoader as _SafeLoader  # type: ignore[assignment]

_BOOLEAN = "tag:yaml.org,2002:bool"


class YamlFileError(ValueError):
    """A file is not readable YAML; says where."""


class _AuthorsLoader(_SafeLoader):
    """YAML 1.1 without its booleans `yes`, `no`, `on`, `off`, and with repeated keys refused."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        written: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a name before a colon is one word", key.start_mark)
            if key.value in written:
                raise yaml.constructor.ConstructorError(None, None, f"'{key.value}' is written twice", key.start_mark)
            written.add(key.value)
        return super().construct_mapping(node, deep=deep)


_AuthorsLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != _BOOLEAN or first in "tTfF"]
    for first, resolvers in _SafeLoader.yaml_implicit_resolvers.items()
}


def read_yaml(file: Path) -> Any:
    """What stands in `file`. Raises YamlFileError with the file's name and the line."""
    try:
        return yaml.load(file.read_text(encoding="utf-8"), Loader=_AuthorsLoader)  # noqa: S506 (a SafeLoader)
    except yaml.MarkedYAMLError as error:
        where = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise YamlFileError(f"{file.name}{where}: {error.problem}") from error
    except yaml.YAMLError as error:
        raise YamlFileError(f"{file.name}: {error}") from error
    except UnicodeDecodeError as error:
        raise YamlFileError(f"{file.name}: save it as UTF-8 text") from error

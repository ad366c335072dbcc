"""What a newer version may have written, planted into a dump: unknown fields wherever a struct may have some."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from typing import Any

import msgspec

from bugglio.store.newer import DOCUMENTS, TEXTS

NAME = "of_a_newer_version"


class Planter:
    """Plants fields, each with a number of its own."""

    def __init__(self) -> None:
        """Nothing is planted yet."""
        self._numbers = count(1)

    def into(self, path: str, fields: dict[str, Any]) -> dict[str, Any]:
        """A document with an unknown field, and with one in each struct inside of its fields."""
        kind = next((found for start, found in DOCUMENTS.items() if path.startswith(start)), None)
        texts = next((found for start, found in TEXTS.items() if path.startswith(start)), {})
        if kind is not None:
            fields = self._inside(fields, partial(_decoded, kind))
        for name in texts.keys() & fields.keys():
            text: Any = texts[name]
            inner = self._inside(json.loads(fields[name]), partial(_decoded, text))
            fields = {**fields, name: json.dumps(inner)}
        return {**fields, NAME: self._one()}

    def _one(self) -> list[str]:
        """No map of this version's has such values, so it is planted into structs alone."""
        return [f"planted {next(self._numbers)}"]

    def _inside(self, value: Any, read: Callable[[Any], Any]) -> Any:
        value = json.loads(json.dumps(value))
        for one in list(_maps(value)):
            one[NAME] = self._one()
            try:
                read(value)
            except msgspec.ValidationError:
                del one[NAME]
        return value


def _decoded(kind: Any, value: Any) -> object:
    return msgspec.json.decode(json.dumps(value), type=kind)


def planted(value: Any) -> set[str]:
    """All that is planted in a value, in texts of JSON too."""
    if isinstance(value, str):
        return planted(json.loads(value)) if NAME in value else set()
    if isinstance(value, list):
        return {found for one in value for found in planted(one)}
    if not isinstance(value, dict):
        return set()
    own = set(value.get(NAME, []))
    return own | {found for name, one in value.items() if name != NAME for found in planted(one)}


def _maps(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for one in value.values():
            yield from _maps(one)
    elif isinstance(value, list):
        for one in value:
            yield from _maps(one)

"""Values in our words as the plain maps, lists and numbers that a store keeps."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec


def document(value: msgspec.Struct) -> dict[str, Any]:
    """
    A value as a document's fields; None stands for a field that shall be absent.

    What is empty and would be empty without being told is absent: each field costs a document room and, in Firestore,
    two entries in an index.
    """
    fields: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(value))
    for name in _empty_by_default(type(value)):
        if not fields[name]:
            fields[name] = None
    return fields


def present(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that are there."""
    return {name: value for name, value in fields.items() if value is not None}


@cache
def _empty_by_default(kind: type[msgspec.Struct]) -> tuple[str, ...]:
    """The fields of a type that are empty, 0 or False unless they are told."""
    return tuple(field.name for field in msgspec.structs.fields(kind) if not _default(field))


def _default(field: msgspec.structs.FieldInfo) -> object:
    """What a field is without being told; True where it must be told."""
    if field.default is not msgspec.NODEFAULT:
        return field.default
    return field.default_factory() if field.default_factory is not msgspec.NODEFAULT else True

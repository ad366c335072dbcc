"""Values in our words as the plain maps, lists and numbers that a store keeps."""

from typing import Any

import msgspec


def document(value: msgspec.Struct) -> dict[str, Any]:
    """A value as a document's fields; None stands for a field that shall be absent."""
    fields: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(value))
    return fields

"""Firestore's messages: what the port asks and is answered, as Google's generated classes have it."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from google.cloud.firestore_v1.field_path import FieldPath
from google.cloud.firestore_v1.types import document, firestore, query, write

from bugglio.store import checks
from bugglio.store.fields import FADES
from bugglio.store.port import ABSENT, BY_ID, Document, Version, Write, Written

# The messages themselves, without the library's wrappers around each field, which take five times as long.
Get: Any = firestore.BatchGetDocumentsRequest.pb()
Query: Any = firestore.RunQueryRequest.pb()
Count: Any = firestore.RunAggregationQueryRequest.pb()
Commit: Any = firestore.CommitRequest.pb()
GetAnswer: Any = firestore.BatchGetDocumentsResponse.pb()
QueryAnswer: Any = firestore.RunQueryResponse.pb()
CountAnswer: Any = firestore.RunAggregationQueryResponse.pb()
CommitAnswer: Any = firestore.CommitResponse.pb()
_Value: Any = document.Value.pb()
_Write: Any = write.Write.pb()
_Direction = query.StructuredQuery.Direction
_Operator = query.StructuredQuery.FieldFilter.Operator
_REQUEST_TIME = write.DocumentTransform.FieldTransform.ServerValue.REQUEST_TIME
NO_FIELD = "\0"
"""No document has such a field (`checks`): to delete it demands the condition, and changes nothing."""
COUNTED = "documents"


def root(database: str) -> str:
    """Below which all collections lie."""
    return f"{database}/documents"


def get(database: str, paths: Iterable[str]) -> Any:
    """Documents by path."""
    return Get(database=database, documents=[f"{database}/documents/{path}" for path in paths])


def query_page(database: str, asked: checks.Asked) -> Any:
    """A page of a query."""
    request = Query(parent=root(database))
    found = request.structured_query
    _range(found, database, asked)
    found.limit.value = asked.limit
    place = checks.position(asked)
    if place is not None:
        value, id_ = place
        if asked.field != BY_ID:
            _encode(value, found.start_at.values.add())
        found.start_at.values.add().reference_value = f"{database}/documents/{asked.collection}/{id_}"
    return request


def count(database: str, asked: checks.Asked, most: int | None) -> Any:
    """How many a query finds, counted no further than `most`."""
    request = Count(parent=root(database))
    aggregation = request.structured_aggregation_query
    _range(aggregation.structured_query, database, asked)
    counted = aggregation.aggregations.add(alias=COUNTED)
    counted.count.SetInParent()
    if most is not None:
        counted.count.up_to.value = most
    return request


def commit(database: str, writes: Iterable[Write], now: int | None) -> Any:
    """Writes, applied all or none; stamps are `now` in milliseconds, or Firestore's own time."""
    return Commit(database=database, writes=[_write(database, one, now) for one in writes])


def read_at(answers: Iterable[Any]) -> int:
    """When something was read, in milliseconds since 1970."""
    return max(_milliseconds(answer.read_time) for answer in answers)


def found(database: str, answers: Iterable[Any]) -> list[Document]:
    """The documents in answers to `get`."""
    return [_document(database, answer.found) for answer in answers if answer.HasField("found")]


def matched(database: str, answers: Iterable[Any]) -> list[Document]:
    """The documents in answers to `query_page`."""
    return [_document(database, answer.document) for answer in answers if answer.HasField("document")]


def counted(answers: Iterable[Any]) -> int:
    """The number in answers to `count`."""
    return sum(int(answer.result.aggregate_fields[COUNTED].integer_value) for answer in answers)


def written(asked: Write, result: Any, *, own_stamps: bool) -> Written:
    """What came of a write, whose increments, maxima and stamps are answered in the order of `_transforms`."""
    names = [*asked.increment, *asked.maximum, *(asked.stamp if own_stamps else ())]
    values = dict(zip(names, result.transform_results, strict=True))
    return Written(_version(result.update_time), {name: _decode(values[name]) for name in asked.increment})


def _range(structured: Any, database: str, asked: checks.Asked) -> None:
    structured.from_.add(collection_id=asked.collection)
    path = BY_ID if asked.field == BY_ID else _path(asked.field)
    way = _Direction.DESCENDING if asked.descending else _Direction.ASCENDING
    bounds = [(asked.start, _Operator.GREATER_THAN_OR_EQUAL), (asked.end, _Operator.LESS_THAN)]
    filters = structured.where.composite_filter.filters if any(bound is not None for bound, _ in bounds) else None
    for bound, sign in bounds:
        if bound is None or filters is None:
            continue
        one = filters.add().field_filter
        one.field.field_path, one.op = path, sign
        if asked.field == BY_ID:
            one.value.reference_value = f"{database}/documents/{asked.collection}/{bound}"
        else:
            _encode(bound, one.value)
    if filters is not None:
        structured.where.composite_filter.op = query.StructuredQuery.CompositeFilter.Operator.AND
    for name in dict.fromkeys((path, BY_ID)):
        structured.order_by.add(direction=way).field.field_path = name


def _write(database: str, asked: Write, now: int | None) -> Any:
    one = _Write()
    one.update.name = f"{database}/documents/{asked.path}"
    stamped = dict.fromkeys(asked.stamp, now) if now is not None else {}
    put = {**asked.put, **stamped}
    fields = one.update.fields
    for name, value in put.items():
        if name == FADES and type(value) is int:
            fields[name].timestamp_value.FromMilliseconds(value)
        else:
            _encode(value, fields[name])
    _transforms(asked, one.update_transforms, own_stamps=now is None)
    if asked.when is ABSENT:
        one.current_document.exists = False
        return one
    named = [*put, *asked.delete]
    if not named and not one.update_transforms:
        named = [NO_FIELD]
    # A mask is there even where it names nothing: without one the document would become what the write holds.
    one.update_mask.SetInParent()
    one.update_mask.field_paths.extend(map(_path, named))
    if isinstance(asked.when, Version):
        one.current_document.update_time.FromNanoseconds(asked.when.token)
    else:
        one.current_document.exists = True
    return one


def _transforms(asked: Write, transforms: Any, *, own_stamps: bool) -> None:
    for name, number in asked.increment.items():
        transforms.add(field_path=_path(name)).increment.integer_value = number
    for name, number in asked.maximum.items():
        transforms.add(field_path=_path(name)).maximum.integer_value = number
    for name in asked.stamp if own_stamps else ():
        transforms.add(field_path=_path(name), set_to_server_value=_REQUEST_TIME)


@lru_cache(maxsize=1024)
def _path(name: str) -> str:
    """A field's name as a path, quoted where it has to be."""
    return FieldPath(name).to_api_repr()


def _encode(value: Any, into: Any) -> None:
    """A value of JSON into a message."""
    if isinstance(value, str):
        into.string_value = value
    elif value is None:
        into.null_value = 0
    elif isinstance(value, bool):
        into.boolean_value = value
    elif isinstance(value, int):
        into.integer_value = value
    elif isinstance(value, float):
        into.double_value = value
    elif isinstance(value, Mapping):
        into.map_value.SetInParent()
        for name, inner in value.items():
            _encode(inner, into.map_value.fields[name])
    else:
        into.array_value.SetInParent()
        for inner in value:
            _encode(inner, into.array_value.values.add())


def _decode(value: Any) -> Any:
    """A message's value; Firestore's own times (of a stamp) become milliseconds."""
    kind = value.WhichOneof("value_type")
    if kind == "null_value" or kind is None:
        return None
    plain = getattr(value, kind)
    if kind == "map_value":
        return _fields(plain.fields)
    if kind == "array_value":
        return [_decode(inner) for inner in plain.values]
    return _milliseconds(plain) if kind == "timestamp_value" else plain


def _fields(fields: Any) -> dict[str, Any]:
    return {name: _decode(fields[name]) for name in fields}


def _document(database: str, message: Any) -> Document:
    path = message.name.removeprefix(f"{database}/documents/")
    return Document(path, _fields(message.fields), _version(message.update_time))


def _version(moment: Any) -> Version:
    return Version(moment.ToNanoseconds())


def _milliseconds(moment: Any) -> int:
    nanoseconds: int = moment.ToNanoseconds()
    return nanoseconds // 1_000_000

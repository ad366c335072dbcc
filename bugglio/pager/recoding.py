"""New codes for alerts that are opened again when others have theirs by now."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bugglio import codes
from bugglio.alert import Alert
from bugglio.pager.reading import alert_in
from bugglio.pager.replying import Part
from bugglio.store import Conflict, Reading
from bugglio.store.change import change


def paths(keys: Sequence[str], reading: Reading, drawn: Sequence[int]) -> list[str]:
    """What has to be known of codes before these alerts (ids) are opened again; `drawn`: codes that they might get."""
    own = [alert.code for _, alert in _closed(keys, reading) if alert.code]
    return [codes.path(code) for code in (*own, *drawn)] if _closed(keys, reading) else []


def fresh(keys: Sequence[str], reading: Reading, drawn: Sequence[int]) -> dict[str, int]:
    """
    The new codes, by the ids of those that need one.

    Raises `Conflict` when others have all that were drawn.
    """
    found: dict[str, int] = {}
    for key, alert in _closed(keys, reading):
        if alert.code and _names(alert.code, reading) == key:
            continue
        left = [code for code in drawn if code not in found.values()]
        fields = {code: one.fields if (one := reading.get(codes.path(code))) else None for code in left}
        code = codes.choose(left, fields, key, reading.at)
        if code is None:
            raise Conflict("every code drawn is taken")
        found[key] = code
    return found


def recoded(part: Part, fresh: Mapping[str, int], reading: Reading) -> Part:
    """What is written of an alert that gets a new code; of any other, what was to be."""
    if part.key not in fresh:
        return part
    where = codes.path(fresh[part.key])
    others = (write for write in part.writes if not write.path.startswith("codes/"))
    return replace(part, writes=(*others, change(where, reading.get(where), codes.names(part.key, None))))


def _closed(keys: Sequence[str], reading: Reading) -> list[tuple[str, Alert]]:
    found = [(key, alert_in(reading, key)) for key in keys]
    return [(key, alert) for key, alert in found if alert is not None and not alert.is_open]


def _names(code: int, reading: Reading) -> str:
    """The id of the alert that a code names; empty: none."""
    named = reading.get(codes.path(code))
    return str(named.fields.get("alert", "")) if named is not None else ""

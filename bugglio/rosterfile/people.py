"""The engineers of a roster file."""

from bugglio.roster import Engineer
from bugglio.rosterfile.faults import Findings, quoted
from bugglio.rosterfile.fields import Fields, opened, table_of, text_of
from bugglio.rosterfile.phones import doubts, phone, shown
from bugglio.rosterfile.tree import Entry, Node, Text
from bugglio.rosterfile.values import flag, identifier, name, zone

KEYS = ("name", "phone", "timezone", "admin")


def engineers_in(node: Node, findings: Findings) -> dict[str, Engineer]:
    """The engineers by id; one with a fault may lack what is at fault."""
    table = table_of(findings, node, "a map of engineers by id, {} for none")
    owners: dict[str, Entry] = {}
    found = {}
    for entry in table.entries if table else ():
        text_of(findings, Text(entry.line, entry.key), identifier)
        fields = opened(findings, entry.value, "an engineer", KEYS)
        if fields:
            found[entry.key] = _engineer(entry, fields, owners)
    return found


def _engineer(entry: Entry, fields: Fields, owners: dict[str, Entry]) -> Engineer:
    return Engineer(
        id=entry.key,
        name=fields.required("name", name, "a name, such as Ana Lima") or "",
        phone=_phone(entry, fields, owners),
        admin=fields.value("admin", flag, default=False),
        timezone=fields.value("timezone", zone, ""),
    )


def _phone(entry: Entry, fields: Fields, owners: dict[str, Entry]) -> str:
    """Somebody's number, which nobody else may have."""
    number = fields.required("phone", phone, "a phone, such as +14155550101", shown)
    if number is None:
        return ""
    line = fields.line_of("phone")
    first = owners.setdefault(number, entry)
    if first is not entry:
        found = f"the phone of {quoted(first.key)} (line {first.line})"
        fields.findings.fault(line, found, "a number that nobody else has")
    for doubt in doubts(number):
        fields.findings.warn(line, doubt)
    return number

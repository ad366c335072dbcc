"""The rules of a team: what becomes of which events."""

from collections.abc import Collection

from bugglio.roster import Conditions, Rule
from bugglio.rosterfile.faults import Findings
from bugglio.rosterfile.fields import Fields, items_of, opened, text_of, texts_of
from bugglio.rosterfile.tree import Items, Node, Table, Text
from bugglio.rosterfile.values import between, days, flag, known

KEYS = ("if", "then")
CONDITIONS = (
    *("stage", "severity", "class", "context", "message", "project", "version", "trigger"),
    *("unhandled", "between", "days"),
)
OUTCOMES = ("page", "ignore", "digest", "hold")
THEN = "page, ignore, digest, hold or {steps: NAME}"

SEVERITIES = ("error", "warning", "info")
TRIGGERS = (
    *("firstException", "exception", "powerTen", "errorEventFrequency", "reopened", "projectSpiking"),
    *("errorStateManualChange", "comment", "release", "projectSamplingStarted", "projectApproachingRateLimit"),
)
"""Every `trigger.type` that Bugsnag documents."""


def rules_in(node: Node, findings: Findings, lists: Collection[str] | None) -> tuple[Rule, ...]:
    """The rules in their order; `lists` are the names of the team's lists of steps."""
    items = items_of(findings, node, "a list of rules") or ()
    found = []
    catcher = 0
    for item in items:
        fields = opened(findings, item, "a rule", KEYS)
        if fields is None:
            continue
        if catcher:
            findings.warn(fields.line, f"this rule is never asked: the one in line {catcher} fits every event.")
        rule = _rule(fields, lists)
        found.append(rule)
        if rule.conditions == Conditions() and not catcher:
            catcher = fields.line
    return tuple(found)


def _rule(fields: Fields, lists: Collection[str] | None) -> Rule:
    node = fields.node("if")
    asked = opened(fields.findings, node, "`if`", CONDITIONS) if node else None
    conditions = _conditions(asked) if asked else Conditions()
    then, steps = _then(fields, lists)
    if then == "hold" and (node is None or (asked and asked.node("between") is None)):
        expected = "`between` in its `if`, at whose end what was held is told"
        fields.findings.fault(fields.line_of("then"), "`hold`", expected)
    return Rule(conditions, then, steps)


def _then(fields: Fields, lists: Collection[str] | None) -> tuple[str, str]:
    node = fields.needed("then", THEN)
    if isinstance(node, Table):
        inner = opened(fields.findings, node, "`then`", ("steps",))
        parse = known(lists, "the name of a list of steps of this team")
        return "steps", (inner.required("steps", parse, "the name of a list of steps") if inner else None) or ""
    return (text_of(fields.findings, node, known(OUTCOMES, THEN)) if node else None) or "", ""


def _conditions(fields: Fields) -> Conditions:
    _look_at_names(fields, "severity", SEVERITIES)
    _look_at_names(fields, "trigger", TRIGGERS)
    return Conditions(
        stage=_patterns(fields, "stage"),
        severity=_patterns(fields, "severity"),
        error_class=_patterns(fields, "class"),
        context=_patterns(fields, "context"),
        message=_patterns(fields, "message"),
        project=_patterns(fields, "project"),
        version=_patterns(fields, "version"),
        trigger=_patterns(fields, "trigger"),
        unhandled=fields.value("unhandled", flag, None),
        between=fields.value("between", between, None),
        days=_days(fields),
    )


def _patterns(fields: Fields, key: str) -> tuple[str, ...]:
    """A text or a list of them. None fits nothing, so an empty list is a fault."""
    node = fields.node(key)
    if node is None:
        return ()
    if not isinstance(node, Items):
        alone = text_of(fields.findings, node, str)
        return () if alone is None else (alone,)
    if not node.items:
        fields.findings.fault(node.line, "an empty list", f"a {key} or a list of them; * stands for anything")
    return texts_of(fields.findings, node, str, "a list") or ()


def _look_at_names(fields: Fields, key: str, names: tuple[str, ...]) -> None:
    node = fields.node(key)
    for each in node.items if isinstance(node, Items) else (node,):
        if isinstance(each, Text) and each.text and "*" not in each.text and each.text not in names:
            fields.findings.doubt(each.line, each.text, f"is no {key} that Bugsnag documents", names)


def _days(fields: Fields) -> tuple[int, ...]:
    """Weekdays, as one text or a list of them."""
    node = fields.node("days")
    if not isinstance(node, Items):
        return fields.value("days", days, ())
    parts = texts_of(fields.findings, node, days, "a list")
    found = [day for part in parts or () for day in part]
    if parts is not None and (not found or len(found) != len(set(found))):
        fields.findings.fault(node.line, "a list of weekdays", "each weekday once, and at least one")
    return tuple(sorted(set(found)))

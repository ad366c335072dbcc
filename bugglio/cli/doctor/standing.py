"""How the pager itself is: its ticks, its self-test, what waits in vain, its budget, its limits."""

from bugglio.cli.doctor.checks import Check, Checks, good, told, wrong
from bugglio.config import Settings
from bugglio.health import TICK, ailments
from bugglio.mending import BUDGET, BUGSNAG, MENDS, NEVER, STRANGERS
from bugglio.pager import budgets, strangers
from bugglio.pager.kit import Kit
from bugglio.pager.wellbeing import upstream, vitals
from bugglio.pager.wellbeing.pulse import last_tick
from bugglio.roster import DAY, HOUR, MINUTE
from bugglio.store import Reading

HEARTBEAT = "Set BUGGLIO_HEARTBEAT_URL to a check of a service that notices when it is not called (docs/operating.md)."
OWN = "Set BUGSNAG_BUGGLIO_KEY to the notifier key of a Bugsnag project of bugglio's own (docs/operating.md)."


def of_pager(kit: Kit, settings: Settings) -> Checks:
    """What the store tells of it."""
    paths = [*vitals.paths(kit.on_duty), budgets.PATH, strangers.STRANGERS, upstream.PATH]
    reading = kit.store.get(paths)
    found = ailments(vitals.vitals(reading, vitals.late(kit.store, reading.at), kit.on_duty))
    yield _ticks(reading)
    yield from (wrong(one.kind, one.what, MENDS.get(one.kind, "")) for one in found if one.kind != TICK)
    if not found:
        yield good("the pager", "nothing is late, and nothing is wrong with it")
    yield _budget(kit, reading)
    yield from _limits(reading)
    yield from _unwatched(settings)


def _ticks(reading: Reading) -> Check:
    at = last_tick(reading)
    if at is None:
        return wrong("ticks", "none has ever come: nobody but the first person is ever paged", MENDS[NEVER])
    ago = reading.at - at
    if ago > 3 * MINUTE:
        return wrong("ticks", f"the last one came {_ago(ago)} ago", MENDS[TICK])
    return good("ticks", f"the last one came {_ago(ago)} ago")


def _budget(kit: Kit, reading: Reading) -> Check:
    budget = budgets.budget_in(reading, kit.texts_a_day)
    used = f"{budget.used_by(reading.at)} of {budget.allowed} texts are used today"
    if budget.is_spent(reading.at) or budget.is_low(reading.at):
        return wrong("the day's budget", used, MENDS[BUDGET])
    return good("the day's budget", used)


def _limits(reading: Reading) -> Checks:
    found = reading.get(strangers.STRANGERS)
    met = int(found.fields.get("limit_met", 0)) if found is not None else 0
    if met and reading.at - met < DAY:
        said = f"their limit was met {_ago(reading.at - met)} ago: some texts of unknown phones were not answered"
        yield told("strangers", said, MENDS[STRANGERS])
    trouble = upstream.trouble(reading)
    if trouble and reading.at - int(trouble["at"]) < upstream.LASTING:
        yield wrong("Bugsnag's API", f"it did not do what people asked for: {trouble['cause']}", MENDS[BUGSNAG])


def _unwatched(settings: Settings) -> Checks:
    if not settings.bugglio_heartbeat_url:
        yield told("BUGGLIO_HEARTBEAT_URL", "it is not set: nobody outside notices when all of this stops", HEARTBEAT)
    if not settings.bugsnag_bugglio_key:
        yield told("BUGSNAG_BUGGLIO_KEY", "it is not set: bugglio's own errors are in its log alone", OWN)


def _ago(span: int) -> str:
    for unit, name in ((DAY, "days"), (HOUR, "hours"), (MINUTE, "minutes")):
        if span >= 2 * unit:
            return f"{span // unit} {name}"
    return f"{max(0, span) // 1000} seconds"

"""What a change of the store means, in one line of the log: of alerts, of pages, of the roster."""

from bugglio.chronicle.alerts import of_alert
from bugglio.chronicle.happening import Fields, Happening
from bugglio.chronicle.pages import of_page

__all__ = ["Fields", "Happening", "of_change"]


def of_change(path: str, before: Fields | None, after: Fields) -> Happening | None:
    """What happened when the document at this path came to say `after`; None: nothing that anybody looks for."""
    collection, _, key = path.partition("/")
    match collection:
        case "alerts":
            return of_alert(key, before, after)
        case "pages":
            return of_page(key, before, after)
        case "changes" if before is None and "version" not in after:
            facts = {"how": after["how"], "engineer": after["who"]}
            return Happening("turns-changed", f"{after['who']} changed who is on duty.", facts)
        case "changes" if before is None:
            facts = {"version": after["version"], "how": after["how"]}
            return Happening("roster-changed", f"The roster's version is {after['version']}.", facts)
        case _:
            return None

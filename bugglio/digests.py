"""What a digest stands for: how many alerts, of which projects, and which of them happens most."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from bugglio import wording
from bugglio.alert import Alert
from bugglio.page import DIGESTED, Count, Page, Tally

CODES = 10_000
"""So many alerts of a digest are known one by one; what is beyond is counted only."""
PROJECTS = 1_000
"""So many projects are counted apart, the busiest ones."""
NAME = 100
"""Characters of a project's or a class's name that are kept: with all of these a document has room to spare."""

BRIEFS = 1_000
"""Characters of what merged notices say: a text has room for less."""


def of_alerts(found: Iterable[Alert]) -> Count:
    """A digest of these alerts."""
    total = _Sum(Count())
    for alert in found:
        total.add(alert.code, alert)
    return total.count()


def merged(container: Page, members: Sequence[Page], named: Mapping[str, Alert]) -> Page:
    """
    The digest that takes these waiting pages in; `named` are the alerts they are about.

    However many pages are about an alert, it counts once.
    """
    total = _Sum(container.count or Count())
    for member in members:
        if member.count is not None:
            total.add_all(member.count)
        else:
            total.add(member.code, named.get(member.alert))
    count = total.count()
    about = {member.code: member.alert for member in members}
    return msgspec.structs.replace(container, count=count, alert=about.get(count.top, container.alert), code=count.top)


def merged_notices(container: Page, members: Sequence[Page]) -> Page:
    """The notice that takes these waiting notices in, whatever each is about; the first one's day tells its time."""
    before = container.count.pages if container.count is not None else 0
    count = before + sum(member.count.pages if member.count is not None else 1 for member in members)
    briefs = [brief for page in (container, *members) for brief in page.brief.split("\n") if brief]
    kept = "\n".join(briefs)[:BRIEFS]
    about = container.alert or members[0].alert
    whole = msgspec.structs.replace(container, alert=about, count=Count(pages=count), brief=kept)
    return msgspec.structs.replace(whole, note=wording.merged(briefs, count))


def digested(member: Page, digest: str) -> Page:
    """A page that went into a digest."""
    return msgspec.structs.replace(member, state=DIGESTED, due_at=None, digest=digest)


def by_project(count: Count) -> dict[str, int]:
    """How many alerts of a digest are of which project."""
    return {tally.project: tally.pages for tally in count.projects}


class _Sum:
    """A count that grows."""

    def __init__(self, count: Count) -> None:
        self._start = count
        self._pages = count.pages
        self._codes = dict.fromkeys(count.codes)
        self._projects = Counter(by_project(count))
        self._top = count

    def add(self, code: int, alert: Alert | None) -> None:
        """One more page, about an alert; None: nothing is known of it."""
        events = alert.counted if alert is not None else 0
        name = (alert.title or alert.project) if alert is not None else ""
        self._rank(Count(top=code, name=name[:NAME], events=events))
        if code in self._codes:
            return
        self._pages += 1
        self._codes.update({code: None} if code else {})
        self._projects[alert.project[:NAME] if alert is not None else ""] += 1

    def add_all(self, part: Count) -> None:
        """Another digest; of alerts that are known already its projects count as many less, each in proportion."""
        self._rank(part)
        fresh = part.pages - sum(code in self._codes for code in part.codes)
        for project, pages in by_project(part).items():
            self._projects[project] += round(pages * fresh / part.pages) if part.pages else 0
        self._pages += fresh
        self._codes.update(dict.fromkeys(part.codes))

    def _rank(self, part: Count) -> None:
        if self._top.top == 0 or part.events > self._top.events:
            self._top = part

    def count(self) -> Count:
        ranked = sorted(self._projects.items(), key=lambda item: (-item[1], item[0]))
        return Count(
            pages=self._pages,
            projects=tuple(Tally(project=name, pages=pages) for name, pages in ranked[:PROJECTS] if pages),
            further=self._start.further + len(ranked[PROJECTS:]),
            codes=tuple(self._codes)[:CODES],
            top=self._top.top,
            name=self._top.name,
            events=self._top.events,
        )

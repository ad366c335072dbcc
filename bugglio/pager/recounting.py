"""A digest that has waited is counted anew: what was answered meanwhile is not told any more."""

from collections.abc import Iterable, Mapping

import msgspec

from bugglio import alert as alerts
from bugglio import codes, wording
from bugglio import page as pages
from bugglio.alert import Alert
from bugglio.claims import calls_for_somebody
from bugglio.digests import of_alerts
from bugglio.page import Page
from bugglio.pager.kit import Kit
from bugglio.store import Document, Store

SOME = 300
"""So many documents are read at a time."""
OVER = "all that it tells of was answered meanwhile"


def is_digest(page: Page) -> bool:
    """Whether a page tells of several alerts, in words that are not chosen yet."""
    several = page.count is not None and page.count.pages > 1 and bool(page.count.codes)
    return several and not page.body and page.state == pages.WAITING


def recounted(kit: Kit, digest: Page) -> Page:
    """The waiting digest as it should go now; dropped, if nothing that it tells of calls for anybody any more."""
    count = digest.count or pages.Count()
    if count.pages > len(count.codes):
        # Not all of it is known one by one.
        return digest
    left = {key: alert for key, alert in _alerts(kit.store, count.codes).items() if calls_for_somebody(alert)}
    if len(left) == count.pages:
        return digest
    return _of(left, digest, kit) if left else pages.drop(digest, OVER)


def _of(left: Mapping[str, Alert], digest: Page, kit: Kit) -> Page:
    count = of_alerts(left.values())
    key, top = next((key, alert) for key, alert in left.items() if alert.code == count.top)
    note = digest.note
    if digest.kind == "unanswered" and len(left) == 1:
        template = wording.template_of(top.kind, kit.roster().team(top.team).text)
        note = wording.unanswered(top.code, template, top.said)
    return msgspec.structs.replace(digest, count=count, alert=key, code=top.code, note=note)


def _alerts(store: Store, told: Iterable[int]) -> dict[str, Alert]:
    """The alerts that these codes name, each as long as it has the code."""
    named = {str(one.fields["alert"]): int(one.id) for one in _get(store, map(codes.path, told))}
    found = {one.id: alerts.load(one.fields) for one in _get(store, map(alerts.path, named))}
    return {key: found[key] for key in named if key in found and found[key].code == named[key]}


def _get(store: Store, paths: Iterable[str]) -> list[Document]:
    wanted = list(paths)
    some = [wanted[start : start + SOME] for start in range(0, len(wanted), SOME)]
    return [one for part in some for one in store.get(part).documents.values()]

"""Why pages were not delivered: by cause, and which causes a run can bring about."""

import re
from collections import Counter
from collections.abc import Mapping

from tools.faults.evidence import Evidence, Fields

DROPPED = (
    "acknowledged by [a-z0-9-]+ meanwhile",
    "snoozed meanwhile",
    "closed meanwhile: (by hand|fixed)",
    "the steps began again meanwhile",
    "they were never told of the alert",
    "all that it tells of was answered meanwhile",
)
"""Somebody answered it, or Bugsnag told of a change, before it went out."""
FAILED = (
    "this is not a valid phone number: correct it in the roster",
    "the phone is off or has no service",
    "the text waited too long in Twilio's queue and was not sent",
    "nobody answered the call",
    "Twilio refused the call .*21211.*",
)
"""What a plan's mishaps let Twilio say (`tools.faults.plan.MISHAPS`)."""
KNOWN = {"dropped": re.compile("|".join(DROPPED)), "failed": re.compile("|".join(FAILED))}
_NAMED = re.compile("acknowledged by [a-z0-9-]+ meanwhile")


def known(page: Fields) -> bool:
    """Whether a page that was dropped or has failed says why, and the plan or its people can be the reason."""
    return KNOWN[page["state"]].fullmatch(page.get("cause") or "") is not None


def by_cause(evidence: Evidence) -> Mapping[str, int]:
    """How many pages were dropped and have failed for each cause, in order."""
    counted = Counter(_said(one) for one in evidence.pages.values() if one["state"] in KNOWN)
    return {said: counted[said] for said in sorted(counted)}


def _said(page: Fields) -> str:
    return f"pages {page['state']}: {_NAMED.sub('acknowledged meanwhile', page.get('cause') or 'without a cause')}"

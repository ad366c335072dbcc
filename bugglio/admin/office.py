"""What the pages are handed: the pager's use cases, and what they need of the settings."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from bugglio.pager.applying import Applying
from bugglio.pager.conversation import Conversation
from bugglio.pager.feeds import Feeds
from bugglio.pager.kit import Kit
from bugglio.pager.logins import Codes, Links, Logins


@dataclass(frozen=True)
class Office:
    """All that a page may ask, or do."""

    kit: Kit
    logins: Logins
    conversation: Conversation
    applying: Applying
    feeds: Feeds
    public_url: str
    keys: tuple[str, ...]
    """What signs the sessions, and then what may still have signed them."""
    codes: Codes
    links: Links
    hops: int = 0
    """So many proxies before the pages are trusted to say whom they serve."""
    price: Decimal = Decimal("0.0083")
    """Dollars that a segment costs."""
    sleep: Callable[[float], None] = time.sleep

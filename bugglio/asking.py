"""What a phone is asked, and what answers it."""

import msgspec

from bugglio.roster import Cover


class Asked(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A question that a phone's next answer answers."""

    what: str
    """
    `which`: a number or `all` answers; `all`: `ok` does what is asked to all of them; `near`: `ok` does `text`;
    `cover`: `ok` takes a shift over, `no` does not; `shift`: `ok` says that a begun shift was noticed.
    """
    verb: str = ""
    """What is to be done."""
    rest: str = ""
    """What the word takes besides: a time, a name, a text."""
    alerts: tuple[str, ...] = ()
    codes: tuple[int, ...] = ()
    text: str = ""
    """What was probably meant."""
    covers: tuple[Cover, ...] = ()
    """The parts of a shift that somebody is asked to take over."""
    by: str = ""
    """Who asks: an engineer's id."""
    begun: tuple[int, ...] = ()
    """`which`: when the questions were put that the numbers from 1 on stand for."""
    at: int = 0

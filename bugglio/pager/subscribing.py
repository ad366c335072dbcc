"""STOP, START and HELP: Twilio answers them; what they say about a phone is kept."""

from dataclasses import dataclass

import msgspec

from bugglio import phone as phones
from bugglio.pager import replying, stopping
from bugglio.pager.incoming import Text
from bugglio.pager.reading import phone_in
from bugglio.roster import Roster
from bugglio.store import Reading, Store


@dataclass(frozen=True)
class Kept:
    """What came of it."""

    due: tuple[str, ...] = ()
    """Ids of the pages that were made."""
    stopped: bool = False
    """A phone takes no texts any more."""


def keep(store: Store, text: Text, reading: Reading, roster: Roster) -> Kept:
    """STOP and START are kept and told to the admins, and HELP from the roster is kept."""
    verb, person = text.command.verb, roster.by_number(text.number)
    if verb == "carrier" and person is None:
        return Kept()
    phone = phone_in(reading, phones.phone_id(text.number))
    opted_out = verb == "stop" or (verb == "carrier" and phone.opted_out)
    kept = msgspec.structs.replace(phone, opted_out=opted_out, heard_at=reading.at)
    if verb == "stop":
        kept = msgspec.structs.replace(kept, stopped_at=reading.at)
    else:
        kept = msgspec.structs.replace(kept, refused="", failed_at=0)
    said = [text.kept(reading.at, person.id if person else "", "")]
    if person is not None and opted_out != phone.opted_out:
        said += stopping.told(roster, reading, person, text.sid, stopped=opted_out)
    store.commit([text.phone(reading, kept), *said])
    return Kept(tuple(replying.pages_in(said)), opted_out)

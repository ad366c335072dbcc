"""What is set in Twilio's console: the account, its money, its numbers and services. Tests set it otherwise."""

from dataclasses import dataclass, field


@dataclass
class OwnNumber:
    """A number of the account."""

    sid: str
    number: str
    texts: bool = True
    sms_url: str = ""
    sms_method: str = "POST"
    sms_fallback_url: str = ""
    sms_application_sid: str = ""
    toll_free: str = ""
    """How its verification stands, if it is a toll-free number's: `PENDING_REVIEW`, `TWILIO_APPROVED`, …"""


@dataclass
class OwnService:
    """A messaging service of the account."""

    sid: str
    numbers: list[str] = field(default_factory=list)
    inbound_request_url: str = ""
    inbound_method: str = "POST"
    fallback_url: str = ""
    use_inbound_webhook_on_number: bool = False
    campaigns: list[str] = field(default_factory=lambda: ["VERIFIED"])
    """How its registrations for texts in the United States stand."""


@dataclass
class Console:
    """The account as its owner has set it up."""

    status: str = "active"
    type: str = "Full"
    balance: str = "20.00"
    currency: str = "USD"
    numbers: list[OwnNumber] = field(default_factory=list)
    services: list[OwnService] = field(default_factory=list)
    verified: list[str] = field(default_factory=list)
    """Numbers that a trial account may text."""

    def number(self, sid: str) -> OwnNumber | None:
        """The number with this SID."""
        return next((one for one in self.numbers if one.sid == sid), None)

    def service(self, sid: str) -> OwnService | None:
        """The service with this SID."""
        return next((one for one in self.services if one.sid == sid), None)


def made(sender: str, service: str, inbound: str) -> Console:
    """A console in which all is as a pager needs it: texts to its number go to `inbound`."""
    own = OwnNumber("PN" + "5" * 32, sender, sms_url=inbound)
    # An account's numbers for texts in the United States are registered through a service.
    registered = OwnService(service or "MG" + "5" * 32, [sender], inbound, use_inbound_webhook_on_number=not service)
    return Console(numbers=[own], services=[registered])

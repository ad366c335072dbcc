"""What to do about each of Twilio's codes: one or two sentences that an admin can follow without the manual."""

CONSOLE = "in Twilio's console"
OURS = "Report it as a fault of bugglio's, with the id of this text."
ROSTER = "Correct the number in the roster: + and the country's code, then the number."
MOBILE = "Put a mobile number into the roster: this one can be rung, but takes no texts."
START = "Have them text START from that phone to the pager's number; until then the steps pass them over."
RARE = "Nothing, if it is rare: the next person was paged. If it goes on, look at status.twilio.com"
UPGRADE = f"Upgrade the trial account {CONSOLE}."
COMPLIANCE = f"{CONSOLE}, under Messaging > Regulatory compliance"


def _for(mend: str, *codes: int) -> dict[int, str]:
    return dict.fromkeys(codes, mend)


TEXTS: dict[int, str] = {
    # The number.
    **_for(ROSTER, 21211, 21217),
    **_for(MOBILE, 21614, 21635, 30006),
    **_for("Put their own mobile number into the roster.", 21265, 21266),
    **_for(START, 21610),
    **_for("Use a sender of that country, or a messaging service that has one.", 21612),
    **_for(
        f"Verify this number {CONSOLE}, under Phone Numbers > Verified Caller IDs, or upgrade the trial account.",
        21608,
        572005,
    ),
    # The way to this phone.
    **_for(
        "Nothing, if it is rare: it would have come too late, and the next step was taken. If it is often, use a faster"
        " sender: a toll-free number, or a messaging service with several numbers.",
        30001,
        30036,
    ),
    **_for(
        "See that the phone is on and has service, then have a test text sent to it. The next person was paged.", 30003
    ),
    **_for(
        "Have them unblock the pager's number on the phone and at its carrier, and then text it anything: that makes"
        " bugglio try this phone again.",
        30004,
    ),
    **_for("Correct the number in the roster. If it is right, it is out of service.", 30005),
    **_for(f"{RARE}, and ask Twilio's support with the SID below.", 30008, 30009),
    **_for(f"{RARE}.", 30017, 30410, 30500),
    **_for(f"Register the sender {COMPLIANCE}.", 30018, 30024),
    **_for(
        "See what pages so often. If it has to be so much, use a sender with a higher limit: a toll-free number, or one"
        " registered for more.",
        30022,
        30023,
    ),
    # The account.
    **_for(
        "Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN as the first page of Twilio's console shows them. A new version"
        " of the secret takes effect within 5 minutes.",
        20003,
        70051,
    ),
    **_for("Set the live TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN in place of the test ones.", 20008),
    **_for("Check TWILIO_ACCOUNT_SID, and TWILIO_API_URL if it is set.", 20404),
    **_for(
        f"Open Billing {CONSOLE}: add money, or ask Twilio why the account is suspended.", 10001, 20005, 30002, 90010
    ),
    **_for(UPGRADE, 10002, 30044),
    **_for("Ask Twilio's support for a higher daily limit.", 63038),
    **_for(f"Allow the country {CONSOLE}, under Messaging > Settings > Geo permissions.", 21408),
    # The sender.
    **_for(
        f"Set TWILIO_CALLER_ID to a number of this account that can text: {CONSOLE}, under Phone Numbers > Active"
        " Numbers.",
        21212,
        21601,
        21606,
        21659,
        21660,
    ),
    **_for("Set TWILIO_CALLER_ID or TWILIO_MESSAGING_SERVICE_SID.", 21603),
    **_for(f"Add a number to the service {CONSOLE}, under Messaging > Services.", 21703, 21704, 21705, 30127),
    **_for(
        "See what pages so often: Twilio takes no more for this number until some have gone. A messaging service with"
        " several numbers sends faster.",
        21611,
    ),
    **_for(f"Verify the toll-free number {COMPLIANCE}.", 30032),
    **_for(f"Register the number for texts to US phones (A2P 10DLC) {COMPLIANCE}.", 30034),
    **_for("Leave addresses out of the team's text, and ask Twilio's support why it is filtered.", 30007),
    **_for(f"Allow the country {CONSOLE}, under Messaging > Settings > SMS pumping protection.", 30450),
    **_for(f"Raise the highest price of a text {CONSOLE}.", 30010),
    **_for("Set BUGGLIO_PUBLIC_URL to an https address without an underscore in its host.", 21609),
    # What bugglio asked for.
    **_for(OURS, 21602, 21604, 21617, 21619, 21624, 30012, 30013, 30019, 90007, 20001, 20002, 20004, 20422),
}
"""By the code of a text."""

CALLS: dict[int, str] = {
    **_for(ROSTER, 13224, 21201, 21217),
    **_for("Ask Twilio's support why, or leave `call` out of that step.", 21202, 21214, 21216),
    **_for(f"Allow the country {CONSOLE}, under Voice > Settings > Geo permissions.", 13227, 21203, 21215),
    **_for("Set TWILIO_CALLER_ID to a number of this account that can call.", 21210, 21212, 21213),
    **_for(
        f"Verify this number {CONSOLE}, under Phone Numbers > Verified Caller IDs, or upgrade the trial account.",
        21219,
        573005,
    ),
    **_for("Ask Twilio's support for more calls at once.", 10004),
    **_for(f"Switch calls on for the account {CONSOLE}.", 10005),
    **_for(OURS, 21205, 21208, 21218, 21220),
}
"""By the code of a phone call."""

"""The words that Twilio takes for itself: a whole message of one of them, whatever its case."""

STOP = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
START = frozenset({"START", "YES", "UNSTOP"})
HELP = frozenset({"HELP", "INFO"})


def is_stop(body: str) -> bool:
    """Tell whether the phone wants no more texts."""
    return body.strip().upper() in STOP


def is_start(body: str) -> bool:
    """Tell whether the phone wants texts again."""
    return body.strip().upper() in START


def reply(body: str, *, opted_out: bool) -> str:
    """Give Twilio's own answer, or nothing. It says YES and START only to a phone that had stopped."""
    if is_stop(body):
        return (
            "You have successfully been unsubscribed. You will not receive any more messages from this number. "
            "Reply START to resubscribe."
        )
    if is_start(body) and opted_out:
        return (
            "You have successfully been re-subscribed to messages from this number. Reply HELP for help. "
            "Reply STOP to unsubscribe. Msg&Data Rates May Apply."
        )
    if body.strip().upper() in HELP and not opted_out:
        return "Reply STOP to unsubscribe. Msg&Data Rates May Apply."
    return ""

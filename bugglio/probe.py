"""
Whether an address leads to this deployment: each door answers a question that only whoever has its key can answer.

`doctor` asks with `GET` and a random `X-Bugglio-Probe`, and gets a 405 whose header of the same name proves it.
"""

import hmac
import re

HEADER = "X-Bugglio-Probe"
PURPOSE = b"bugglio probe"
_QUESTION = re.compile(r"[A-Za-z0-9_-]{1,100}")


def is_question(text: str | None) -> bool:
    """Whether a header's value is one that a door answers; others are no probes."""
    return text is not None and _QUESTION.fullmatch(text) is not None


def proof(key: str, door: str, question: str) -> str:
    """
    What a door answers; `door` is the first part of its path (`sms-status`), `key` the deployment's Flask key.

    The key serves other purposes too, so what is signed here could be nothing else: no session, no form.
    """
    own = hmac.digest(key.encode(), PURPOSE, "sha256")
    return hmac.new(own, f"{door}\n{question}".encode(), "sha256").hexdigest()


def proves(key: str, door: str, question: str, answer: str | None) -> bool:
    """Whether an answer came from the deployment that has this key, at this door."""
    return hmac.compare_digest(proof(key, door, question).encode(), (answer or "").encode("utf-8", "replace"))

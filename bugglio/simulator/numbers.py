"""What the simulator takes for a phone number."""

import re

_NUMBER = re.compile(r"\+[1-9]\d{6,14}")


def is_number(told: str) -> bool:
    """Whether this is a number in E.164, such as +14155550101."""
    return _NUMBER.fullmatch(told) is not None

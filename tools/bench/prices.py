"""
What things cost, in dollars, beyond what is free.

Google's are of us-central1, as its pricing pages had them in 2025 (cloud.google.com/firestore/pricing and
cloud.google.com/run/pricing, billed by request, Tier 1); a multi-region of Firestore costs twice as much. Free each
day: 50,000 reads and 20,000 writes; each month: 2 million requests and 180,000 vCPU-seconds. Twilio's is a text of one
segment to the US (twilio.com/sms/pricing), without what carriers add.
"""

from dataclasses import dataclass

READ = 0.03 / 100_000
WRITE = 0.09 / 100_000
REQUEST = 0.40 / 1_000_000
CPU_SECOND = 0.000_024
GIB_SECOND = 0.000_002_5
SEGMENT = 0.0083

MEMORY = 0.5
"""GiB of an instance, with one processor."""
LEAST = 0.1
"""Seconds: an instance's time is billed in such steps."""


@dataclass(frozen=True)
class Cost:
    """What one thing takes: documents, texts, requests, and an instance's time in seconds."""

    reads: float
    writes: float
    texts: float = 0
    requests: int = 1
    seconds: float = LEAST

    @property
    def google(self) -> float:
        """Dollars for Google."""
        instance = self.seconds * (CPU_SECOND + MEMORY * GIB_SECOND)
        return self.reads * READ + self.writes * WRITE + self.requests * REQUEST + instance

    @property
    def twilio(self) -> float:
        """Dollars for Twilio."""
        return self.texts * SEGMENT

"""The admin pages: who is on, what is open, what was sent. docs/admin.md tells how they look."""

from bugglio.admin.building import build
from bugglio.admin.office import Office

__all__ = ["Office", "build"]

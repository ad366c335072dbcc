"""bugglio without group commit: each event is read, decided and committed by itself."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from bugglio.pager import intake
from main import bugglio

__all__ = ["bugglio"]

Item = TypeVar("Item")
Result = TypeVar("Result")


class Alone(Generic[Item, Result]):
    """Takes the place of `Groups`: nobody's item is done with another's."""

    gathered = 0

    def __init__(self, run: Callable[[str, Sequence[Item]], Sequence[Result]]) -> None:
        self._run = run

    def submit(self, key: str, item: Item) -> Result:
        """Do this item's work, whatever else is done for its key meanwhile."""
        return self._run(key, [item])[0]


vars(intake)["Groups"] = Alone

"""Whatever may be told to be wrong is told with how to mend it."""

import pytest

from bugglio import health, mending
from bugglio.phone import Phone

AILMENTS = (health.SENDER, health.TICK, health.LAST_RESORT, health.PAGE, health.STEP, health.SELF_TEST)


@pytest.mark.parametrize("kind", AILMENTS)
def test_each_ailment_of_the_pager_has_a_mend(kind: str) -> None:
    assert mending.MENDS[kind].endswith(".")


def test_each_mend_is_one_sentence_or_two() -> None:
    assert [] == [mend for mend in mending.MENDS.values() if not mend.endswith(".") or len(mend) > 200]


@pytest.mark.parametrize(
    ("phone", "mend"),
    [
        (Phone(opted_out=True, refused="a landline"), "text START"),
        (Phone(refused="a landline"), "Correct the number"),
        (Phone(failed_at=1), "text anything"),
    ],
)
def test_a_phone_is_mended_by_what_is_wrong_with_it(phone: Phone, mend: str) -> None:
    assert mend in mending.MENDS[mending.of_phone(phone)]

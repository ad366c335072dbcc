"""How many texts a phone gets, and all of them in a day: against a reference that remembers everything."""

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from bugglio.throttle import ONE, Bucket, Budget, next_day, next_in_budget, next_token, take, went

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
START = 1_770_000_000_000

GAPS = st.integers(0, 3 * MINUTE) | st.sampled_from([0, MINUTE - 1, MINUTE, 5 * MINUTE, HOUR - 1, HOUR])
"""How long after it might have gone a text is wanted."""


def naive(sent: Sequence[int], now: int, *, hourly: bool = True) -> bool:
    """Whether a text may go now, after these: the rules as the design says them, from the whole history."""
    tokens, last = 3.0, None
    for at in sent:
        tokens = 3.0 if last is None else min(3.0, tokens + (at - last) / MINUTE)
        tokens, last = tokens - 1, at
    if last is not None and round(min(3.0, tokens + (now - last) / MINUTE) * MINUTE) < MINUTE:
        return False
    recent = [at for at in sent if now - at < HOUR]
    return not hourly or len(recent) < 15 or now - sent[-1] >= 5 * MINUTE


def sent_by(gaps: Sequence[int], *, hourly: bool = True) -> tuple[Bucket, list[int]]:
    """Texts sent so long after they might have gone, one after another."""
    sent: list[int] = []
    bucket, now = Bucket(), START
    for gap in gaps:
        now = next_token(bucket, now, hourly=hourly) + gap
        bucket, sent = take(bucket, now), [*sent, now]
    return bucket, sent


@given(st.lists(GAPS, max_size=60), GAPS)
@example([0] * 60, 0)
@example([0] * 15, HOUR)
def test_the_next_text_goes_exactly_when_the_rules_first_allow_it(gaps: list[int], pause: int) -> None:
    bucket, sent = sent_by(gaps)
    now = max(sent, default=START) + pause

    moment = next_token(bucket, now)

    assert moment >= now
    assert naive(sent, moment)
    assert moment == now or not naive(sent, moment - 1)


@given(st.lists(GAPS, max_size=60), GAPS)
@example([0] * 40, 0)
def test_notices_know_no_hourly_limit(gaps: list[int], pause: int) -> None:
    bucket, sent = sent_by(gaps, hourly=False)
    now = max(sent, default=START) + pause

    moment = next_token(bucket, now, hourly=False)

    assert naive(sent, moment, hourly=False)
    assert moment == now or not naive(sent, moment - 1, hourly=False)


@given(st.lists(GAPS, max_size=80))
@example([0] * 80)
def test_no_hour_holds_more_than_the_rules_allow(gaps: list[int]) -> None:
    _, sent = sent_by(gaps)

    for at in sent:
        within = [other for other in sent if at <= other < at + HOUR]
        assert len(within) <= 15 + 12
        assert len([other for other in within if other < at + MINUTE]) <= 3


def test_three_at_once_then_one_a_minute_then_one_each_five_minutes() -> None:
    _, sent = sent_by([0] * 20)

    minutes = [(at - START) / MINUTE for at in sent]
    assert [0, 0, 0, *range(1, 13), 17, 22, 27, 32, 37] == minutes


def test_after_the_hour_the_first_ones_no_longer_count() -> None:
    _, sent = sent_by([0] * 15)
    bucket, _ = sent_by([0] * 15)

    assert START + 17 * MINUTE == next_token(bucket, START + 12 * MINUTE)
    assert START + HOUR == next_token(bucket, START + HOUR)
    assert START + 12 * MINUTE == sent[-1]


def test_a_phone_that_was_left_alone_has_all_three_again() -> None:
    bucket, sent = sent_by([0, 0, 0])

    now = sent[-1] + 3 * MINUTE
    for _ in range(3):
        assert now == next_token(bucket, now)
        bucket = take(bucket, now)
    assert now + MINUTE == next_token(bucket, now)


def test_a_text_that_went_without_a_token_puts_the_next_ones_off() -> None:
    bucket = Bucket()
    for _ in range(5):
        bucket = take(bucket, START)

    assert START + 3 * MINUTE == next_token(bucket, START)


def test_what_is_kept_of_a_phone_stays_small() -> None:
    bucket, _ = sent_by([0] * 500)
    assert 15 == len(bucket.sent)


@given(st.lists(GAPS, max_size=60), GAPS)
def test_one_call_a_minute(gaps: list[int], pause: int) -> None:
    bucket, now = Bucket(), START
    for gap in gaps:
        last, now = now, next_token(bucket, now, burst=ONE) + gap
        assert bucket == Bucket() or now - last >= MINUTE
        bucket = take(bucket, now)

    moment = next_token(bucket, now + pause, burst=ONE)
    assert moment == max(now + pause, bucket.full_at, next_token(bucket, now + pause))


PHONES = st.integers(0, 3)
WANTED = st.lists(st.tuples(PHONES, GAPS | st.integers(0, 3 * HOUR)), max_size=120)
"""Which phone a text is for, and how long after the one before it is wanted."""


def sent_within(wanted: Sequence[tuple[int, int]], allowed: int) -> list[tuple[int, int, bool]]:
    """When which phone got its texts (and whether the day's budget was used up), each as soon as it may."""
    buckets, due = dict.fromkeys(range(4), Bucket()), list[tuple[int, int]]()
    now = START
    for phone, gap in wanted:
        now += gap
        due.append((now, phone))
    sent: list[tuple[int, int, bool]] = []
    budget = Budget(allowed=allowed)
    while due:
        now, phone = min(due)
        due.remove((now, phone))
        bucket = buckets[phone]
        moment = max(next_token(bucket, now), next_in_budget(bucket, now, budget))
        if moment > now:
            due.append((moment, phone))
            continue
        sent.append((now, phone, budget.is_spent(now)))
        buckets[phone] = take(bucket, now)
        budget = Budget(allowed=allowed, day=now // DAY, used=budget.used_by(now) + 1)
    return sent


@given(WANTED, st.integers(1, 40))
@example([(0, 0)] * 100, 3)
def test_no_more_goes_than_the_day_allows_but_one_text_each_ten_minutes_to_a_phone(
    wanted: list[tuple[int, int]], allowed: int
) -> None:
    sent = sent_within(wanted, allowed)

    assert len(wanted) == len(sent)
    for day in {at // DAY for at, _, _ in sent}:
        assert allowed >= sum(not spent for at, _, spent in sent if at // DAY == day)
    for phone in range(4):
        times = [(at, spent) for at, to, spent in sent if to == phone]
        for (before, _), (after, spent) in pairwise(times):
            assert not spent or after - before >= 10 * MINUTE


@given(st.lists(GAPS, max_size=30), st.integers(0, 2 * DAY), st.integers(1, 300), st.integers(0, 400))
def test_the_next_moment_is_never_past_and_never_more_than_ten_minutes_away(
    gaps: list[int], pause: int, allowed: int, used: int
) -> None:
    bucket, sent = sent_by(gaps)
    now = max(sent, default=START) + pause
    budget = Budget(allowed=allowed, day=now // DAY, used=used)

    moment = next_in_budget(bucket, now, budget)

    assert now <= moment <= min(now + 10 * MINUTE, next_day(now))
    later = Budget(allowed=allowed, day=now // DAY, used=used)
    assert moment == next_in_budget(bucket, moment, later)
    assert moment == now or used >= allowed


def test_the_next_day_begins_with_a_whole_budget() -> None:
    budget = Budget(allowed=2, day=START // DAY, used=2)
    assert budget.is_spent(START)
    assert not budget.is_spent(next_day(START))
    assert 0 == budget.used_by(next_day(START))

    last = next_day(START) - 60_000
    bucket = take(Bucket(), last)
    assert next_day(START) == next_in_budget(bucket, last, budget)
    assert 0 == next_day(START) % DAY


def test_a_phone_that_had_nothing_lately_is_never_left_without_a_word() -> None:
    spent = Budget(allowed=1, day=START // DAY, used=500)

    assert START == next_in_budget(Bucket(), START, spent)
    assert START == next_in_budget(take(Bucket(), START - 10 * MINUTE), START, spent)
    assert START + 1 == next_in_budget(take(Bucket(), START - 10 * MINUTE + 1), START, spent)


def test_the_admins_are_to_know_at_eighty_per_cent() -> None:
    def low(used: int, allowed: int = 200) -> bool:
        return Budget(allowed=allowed, day=START // DAY, used=used).is_low(START)

    assert [False, True, True] == [low(159), low(160), low(500)]
    assert [False, True] == [low(0, allowed=1), low(1, allowed=1)]
    assert [False, True] == [low(2, allowed=3), low(3, allowed=3)]


def test_a_text_that_takes_no_token_is_remembered_and_takes_none() -> None:
    bucket = went(take(Bucket(), START), START + 5)

    assert (START, START + 5) == bucket.sent
    assert take(Bucket(), START).full_at == bucket.full_at

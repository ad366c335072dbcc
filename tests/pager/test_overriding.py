"""Overrides that admins put and take away: once, and only as it was shown."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from bugglio.pager.covers import MOST, PATH, Arranged, Covers, all_kept, covers_in
from bugglio.pager.kit import Kit
from bugglio.pager.overriding import Overriding, Refused
from bugglio.roster import DAY, HOUR, Cover
from tests.browsing import ROSTER, apply
from tests.clock import Clock
from tests.faults import Fault
from tests.stage import Stage, staged

if TYPE_CHECKING:
    from bugglio.store.sqlite import SqliteStore


@pytest.fixture
def stage(sqlite: "SqliteStore", clock: Clock) -> Iterator[Stage]:
    with staged(sqlite, clock) as found:
        found.use_the_store()
        apply(found, ROSTER)
        yield found


def kit(stage: Stage) -> Kit:
    return stage.works.kit


def wanted(stage: Stage, key: str = "a" * 16, engineer: str | None = "ana", rotation: str = "primary") -> Cover:
    now = stage.clock.now()
    return Cover(key, "shop", rotation, now + DAY, now + 2 * DAY, engineer, now, "dan")


def kept(stage: Stage) -> list[Cover]:
    return list(covers_in(stage.store.get([PATH])))


def put(stage: Stage, cover: Cover) -> object:
    use, dan = Overriding(kit(stage)), kit(stage).roster().engineers["dan"]
    return use.put(cover, dan, use.plan(cover).mark)


@pytest.mark.parametrize("at", [1, 2])
@pytest.mark.parametrize("after", [False, True])
def test_a_lost_reply_makes_no_second_override_and_no_second_notice(stage: Stage, at: int, *, after: bool) -> None:
    mark = Overriding(kit(stage)).plan(wanted(stage)).mark
    stage.restart(Fault(at, after=after, kills=False))
    kit(stage).roster()
    use = Overriding(kit(stage))
    dan = kit(stage).roster().engineers["dan"]
    assert use.put(wanted(stage), dan, mark) is not None
    stage.use_the_store()
    assert 1 == len(kept(stage))
    told = [one for one in stage.store.query("pages", "created") if one.fields["kind"] == "notice"]
    assert 2 == len(told)
    assert 1 == len(use.latest("shop"))


def test_an_older_override_made_meanwhile_elsewhere_is_kept_and_what_was_shown_no_longer_holds(stage: Stage) -> None:
    use, dan = Overriding(kit(stage)), kit(stage).roster().engineers["dan"]
    mark = use.plan(wanted(stage)).mark
    Covers(kit(stage)).add(wanted(stage, "other", "cid"))
    assert use.put(wanted(stage), dan, mark) is None
    assert ["other"] == [one.id for one in kept(stage)]


def test_time_that_passes_between_looking_and_saving_does_not_matter(stage: Stage) -> None:
    now = stage.clock.now()
    cover = Cover("b" * 16, "shop", "primary", now, now + 2 * HOUR, "ana", now, "dan")
    use, dan = Overriding(kit(stage)), kit(stage).roster().engineers["dan"]
    mark = use.plan(cover).mark
    stage.clock.advance(minutes=5)
    assert use.put(cover, dan, mark) is not None
    assert [stage.clock.now()] == [one.start for one in kept(stage)]


def test_what_is_over_is_refused(stage: Stage) -> None:
    cover = wanted(stage)
    stage.clock.advance(days=3)
    with pytest.raises(Refused, match="that is over"):
        Overriding(kit(stage)).plan(cover)


def test_no_more_are_put_than_there_is_room_for_and_none_is_lost(stage: Stage) -> None:
    now = stage.clock.now()
    many = tuple(Cover(f"c{n}", "shop", "primary", now + n * HOUR, now + n * HOUR + 1, "ana", now) for n in range(MOST))
    stage.store.commit([all_kept(None, Arranged(many))])
    kit(stage).forget_roster()
    with pytest.raises(Refused, match="all there is room for"):
        Overriding(kit(stage)).plan(wanted(stage))
    assert MOST == len(kept(stage))


def test_whom_nothing_takes_away_or_gives_is_not_told_and_who_did_it_neither(stage: Stage) -> None:
    use, ana = Overriding(kit(stage)), kit(stage).roster().engineers["ana"]
    cover = wanted(stage)
    assert use.put(cover, ana, use.plan(cover).mark) is not None
    told = [one.fields["to"] for one in stage.store.query("pages", "created") if one.fields["kind"] == "notice"]
    assert ["ben"] == told


def test_what_was_removed_is_not_there_to_be_removed_again(stage: Stage) -> None:
    put(stage, wanted(stage))
    use, dan = Overriding(kit(stage)), kit(stage).roster().engineers["dan"]
    mark = use.plan_removal("a" * 16).mark
    assert use.remove("a" * 16, dan, mark) is not None
    assert [] == kept(stage)
    with pytest.raises(Refused, match="has ended, or somebody has removed it"):
        use.plan_removal("a" * 16)
    assert use.remove("a" * 16, dan, mark) is not None, "a double press is answered as the first one"


def test_changes_are_told_by_team_the_newest_first(stage: Stage) -> None:
    put(stage, wanted(stage))
    stage.clock.advance(minutes=1)
    put(stage, wanted(stage, "b" * 16, None, ""))
    first, second = Overriding(kit(stage)).latest("shop")
    assert first.what[0].startswith("override put: nobody for shop (all rotations) from 2026-02-03 09:01 to")
    assert second.what[0].startswith("override put: ana for shop primary from 2026-02-03 09:00 to")
    assert "secondary from 2026-02-03 09:00 to 2026-02-04 09:00 UTC: ana -> ben" in second.what
    assert [] == Overriding(kit(stage)).latest("web")
    assert [] == Overriding(kit(stage)).latest("sho")


def test_an_override_of_somebody_whom_this_instance_does_not_know_yet_is_kept(stage: Stage) -> None:
    use, dan = Overriding(kit(stage)), kit(stage).roster().engineers["dan"]
    now = stage.clock.now()
    new = Cover("new", "shop", "primary", now + 5 * DAY, now + 6 * DAY, "eve", now, "eve")
    stage.store.commit([all_kept(None, Arranged((new,)))])
    assert use.put(wanted(stage), dan, use.plan(wanted(stage)).mark) is not None
    assert ["eve", "ana"] == [one.engineer for one in kept(stage)]
    assert use.remove("a" * 16, dan, use.plan_removal("a" * 16).mark) is not None
    assert ["eve"] == [one.engineer for one in kept(stage)]

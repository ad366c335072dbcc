"""Somebody new: the first text, verification, and what the admins hear of the days to come."""

from datetime import datetime

from bugglio.pager.lookout import AHEAD
from bugglio.phone import path, phone_id
from bugglio.roster import Engineer, Override, Roster, Rotation, Step, Team
from bugglio.store import Store
from tests.clock import Clock
from tests.payloads import event
from tests.stage import ANA, Stage, staged

BEN, CY = "+14155550102", "+14155550103"
WALL = datetime.fromisoformat
PEOPLE = {
    "ana": Engineer("ana", "Ana Lima", ANA, admin=True),
    "ben": Engineer("ben", "Ben Ode", BEN),
    "cy": Engineer("cy", "Cy Aoki", CY),
}
WELCOME = (
    "Pages from bugglio (on-call for shop). Save this number and let it through Do Not Disturb. "
    "Reply ok. STOP to opt out, HELP for help."
)


def shop(*people: str, starts: str = "2026-02-02T09:00", overrides: tuple[Override, ...] = ()) -> Roster:
    """A roster of one team whose rotation changes each Monday; a story begins on one."""
    rotation = Rotation("primary", people, WALL(starts))
    team = Team("shop", (Step(("primary",)),), projects=("*",), rotations={"primary": rotation}, overrides=overrides)
    return Roster(PEOPLE, {"shop": team}, "ana", version=1)


def texts(stage: Stage, *, days: float) -> list[tuple[str, str]]:
    """To whom, and what, in so many days of a tick each ten minutes."""
    known = {message.sid for message in stage.simulator.messages()}
    for _ in range(int(days * 144)):
        stage.tick()
        stage.clock.advance(minutes=10)
    stage.tick()
    stage.simulator.settle()
    names = {person.phone: person.id for person in PEOPLE.values()}
    return [(names[one.to], one.body) for one in stage.simulator.messages() if one.sid not in known and one.to in names]


def test_whoever_is_on_duty_is_welcomed_at_once_and_the_next_48_hours_before(stage: Stage) -> None:
    stage.roster = shop("ana", "ben")
    stage.tick()
    assert [WELCOME] == stage.new_texts(ANA)
    assert [] == stage.new_texts(BEN)
    assert "Thank you, Ana Lima: pages will reach you here. Nothing open." == stage.text(ANA, "ok")

    stage.clock.advance(days=4, hours=23, minutes=59, seconds=59)
    stage.tick()
    assert [] == stage.new_texts(BEN)

    stage.clock.advance(seconds=1)
    stage.tick()
    assert [WELCOME] == stage.new_texts(BEN)


def test_nobody_is_welcomed_twice_nor_after_they_wrote_themselves(sqlite: Store, clock: Clock) -> None:
    with staged(sqlite, clock, shop("ana", "ben")) as stage:
        stage.text(BEN, "hello")
        told = texts(stage, days=30)

    assert [("ana", WELCOME)] == [one for one in told if one[1] == WELCOME]


def test_a_welcome_names_the_account_that_bugsnag_told_of(sqlite: Store, clock: Clock) -> None:
    with staged(sqlite, clock) as stage:
        stage.webhook(event())
        stage.new_texts(ANA)
        stage.roster = shop("ben")
        clock.advance(days=1)
        stage.tick()
        assert "(on-call for Acme)" in stage.page(BEN)


def test_a_new_phone_is_paged_all_the_same(sqlite: Store, clock: Clock) -> None:
    with staged(sqlite, clock, shop("ben")) as stage:
        stage.webhook(event())
        assert "New unhandled error" in stage.page(BEN)


def test_without_a_roster_nobody_is_welcomed(stage: Stage) -> None:
    assert [] == [body for _, body in texts(stage, days=1)]


def test_admins_hear_the_next_day_of_a_phone_that_stays_silent_and_only_once(sqlite: Store, clock: Clock) -> None:
    with staged(sqlite, clock, shop("ben")) as stage:
        told = texts(stage, days=3)

    assert [
        ("ben", WELCOME),
        ("ana", "09:00 3 Feb Roster: shop: ben is paged, and no text has ever come from that phone."),
    ] == told


def test_an_answer_verifies(sqlite: Store, clock: Clock) -> None:
    with staged(sqlite, clock, shop("ben")) as stage:
        stage.tick()
        stage.text(BEN, "OK")
        assert [] == texts(stage, days=3)
        found = sqlite.get([path(phone_id(BEN))]).get(path(phone_id(BEN)))
        assert found is not None
        assert found.fields["heard_at"] > 0


def test_a_gap_is_told_once_to_the_admins_and_again_when_it_comes_back(sqlite: Store, clock: Clock) -> None:
    gap = Override("primary", WALL("2026-02-10T09:00"), WALL("2026-02-11T09:00"), None)
    with staged(sqlite, clock, shop("ana", overrides=(gap,))) as stage:
        stage.text(ANA, "ok")
        stage.tick()
        [told] = stage.new_texts(ANA)
        assert "Roster: shop: nobody is on duty Tue 10 Feb 09:00 to Wed 11 Feb 09:00 (UTC)." in told
        assert [] == texts(stage, days=2)

        stage.roster = shop("ana")
        assert [] == texts(stage, days=1)
        stage.roster = shop("ana", overrides=(gap,))
        assert 1 == len(texts(stage, days=1))


def test_what_is_left_of_several_gaps_is_not_told_again(sqlite: Store, clock: Clock) -> None:
    gaps = tuple(
        Override("primary", WALL(f"2026-02-{day:02}T09:00"), WALL(f"2026-02-{day:02}T10:00"), None) for day in (3, 9)
    )
    with staged(sqlite, clock, shop("ana", overrides=gaps)) as stage:
        stage.text(ANA, "ok")
        stage.tick()
        [told] = stage.new_texts(ANA)
        assert "nobody is on duty Tue 3 Feb 09:00 to 10:00 (UTC), and 1 more until 9 Feb." in told
        assert [] == texts(stage, days=5)


def test_two_ticks_at_once_tell_once(sqlite: Store, clock: Clock) -> None:
    with staged(sqlite, clock, shop("ben")) as stage:
        pulse = sqlite.get(["pulse/tick"]).get("pulse/tick")
        for _ in range(2):
            stage.works.ticking._lookout.look(pulse, clock.now())
        stage.tick()
        assert [WELCOME] == stage.new_texts(BEN)
        assert 1 == len(sqlite.get([AHEAD]).documents)

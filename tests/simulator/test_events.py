"""What Bugsnag sends, and what is kept of the answer."""

from flask import Response

from bugglio.simulator import Answer, Simulator, through
from tests.simulator.doors import PUBLIC, Doors


def test_an_event_goes_to_the_webhook_and_its_answer_is_kept(doors: Doors) -> None:
    simulator = Simulator(post=through(doors.app), webhook_url=lambda: f"{PUBLIC}/bugsnag?token=t")
    doors.answer = Response('{"outcome": "opened", "code": 417, "reason": null}', mimetype="application/json")

    event = simulator.event("new-error")

    assert (200, '{"outcome": "opened", "code": 417, "reason": null}') == (event.status, event.answer)
    assert ["/bugsnag?token=t"] == doors.paths
    assert "application/json" == doors.headers[0]["Content-Type"]
    assert ("New error", "opened #417") == (simulator.activity()[0].what, simulator.activity()[0].summary())


def test_an_event_without_an_answer_says_so() -> None:
    def refuse(*_: object) -> Answer:
        raise ConnectionRefusedError

    assert None is Simulator(post=refuse).event("release").status

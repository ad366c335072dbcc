"""What Bugsnag shows to the user whose token bugglio has, asked of the simulator."""

import pytest

from bugglio.dashboard import Dashboard, DashboardError, Project
from bugglio.simulator import Answer, Misbehaviour, Simulator, served
from tests.payloads import event


def test_all_projects_of_all_organizations() -> None:
    simulator = Simulator(post=lambda *_: Answer(200), webhook_url="http://bugglio.test/bugsnag")
    simulator.send_event(event())
    for number in range(250):
        simulator.tracker.projects[f"p{number:03d}"] = f"project {number}"
    with served(simulator.wsgi) as origin:
        found = Dashboard(simulator.bugsnag_token, origin).projects()
    simulator.close()

    assert 3 + 1 + 250 == len(found) == len(set(found))
    assert {Project("p-1", "checkout-api"), Project("p249", "project 249")} <= set(found)


@pytest.mark.parametrize("status", [401, 403, 500])
def test_why_there_is_no_answer(status: int) -> None:
    simulator = Simulator()
    simulator.misbehave(Misbehaviour("bugsnag-refuse", code=status))
    with served(simulator.wsgi) as origin, pytest.raises(DashboardError, match=f"HTTP {status}") as refused:
        Dashboard(simulator.bugsnag_token, origin).projects()
    simulator.close()
    assert status == refused.value.status


def test_a_wrong_token_and_nobody_there() -> None:
    simulator = Simulator()
    with served(simulator.wsgi) as origin, pytest.raises(DashboardError, match="HTTP 401"):
        Dashboard("another's token", origin).projects()
    simulator.close()
    with pytest.raises(DashboardError, match="no connection"):
        Dashboard("a token", "http://127.0.0.1:9").projects()

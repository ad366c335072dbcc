"""What Twilio says of the account, asked with its own library of the simulator."""

from collections.abc import Iterator

import pytest

from bugglio.account import APPROVED, AccountError, Balance, State, TwilioAccount
from bugglio.simulator import Answer, Misbehaviour, Simulator, served
from bugglio.simulator.console import OwnNumber

PUBLIC = "https://bugglio.test"
SENDER = "+15005550006"


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    simulator = Simulator(public_url=PUBLIC, post=lambda *_: Answer(204))
    yield simulator
    simulator.close()


@pytest.fixture
def account(simulator: Simulator) -> Iterator[TwilioAccount]:
    with served(simulator.wsgi) as origin:
        yield TwilioAccount(simulator.account_sid, simulator.auth_token, origin)


def test_the_account_and_its_money(simulator: Simulator, account: TwilioAccount) -> None:
    assert State("active", trial=False) == account.state()
    assert Balance("20.00", "USD") == account.balance()

    simulator.console.status, simulator.console.type, simulator.console.balance = "suspended", "Trial", "-1.20"

    assert State("suspended", trial=True) == account.state()
    assert Balance("-1.20", "USD") == account.balance()


def test_its_number_and_where_texts_to_it_go(simulator: Simulator, account: TwilioAccount) -> None:
    number = account.number(SENDER)
    assert number is not None
    assert (True, f"{PUBLIC}/sms", "POST", "") == (number.texts, number.url, number.method, number.application)

    account.point_number(number.sid, "https://new.test/sms#rc=2", "https://new.test/sms")

    pointed = account.number(SENDER)
    assert pointed is not None
    assert ("https://new.test/sms#rc=2", "https://new.test/sms") == (pointed.url, pointed.fallback)
    assert account.number("+15005550007") is None
    simulator.console.numbers[0].texts = False
    assert False is getattr(account.number(SENDER), "texts", None)


def test_a_service_its_numbers_and_its_registration(simulator: Simulator, account: TwilioAccount) -> None:
    known = simulator.console.services[0]
    service = account.service(known.sid)
    assert service is not None
    assert (frozenset({SENDER}), ("VERIFIED",), True) == (service.numbers, service.campaigns, service.own)
    assert service == account.service_of(SENDER)
    assert account.service("MG" + "0" * 32) is None
    assert account.service_of("+15005550007") is None

    account.point_service(known.sid, "https://new.test/sms", "")

    assert ("https://new.test/sms", False) == (known.inbound_request_url, known.use_inbound_webhook_on_number)


def test_a_toll_free_number_and_whom_a_trial_may_text(simulator: Simulator, account: TwilioAccount) -> None:
    simulator.console.numbers.append(OwnNumber("PN" + "8" * 32, "+18885550100", toll_free=APPROVED))
    simulator.console.verified.append("+14155550101")

    assert APPROVED == account.toll_free("PN" + "8" * 32)
    assert "" == account.toll_free("PN" + "5" * 32)
    assert frozenset({"+14155550101"}) == account.verified()


def test_what_became_of_the_newest_texts(simulator: Simulator, account: TwilioAccount) -> None:
    form = {"To": "+14155550101", "From": SENDER, "Body": "hello"}
    simulator.accept(form)
    simulator.misbehave(Misbehaviour("undelivered", code=30003))
    simulator.accept(form)
    simulator.receive("+14155550101", "a text of theirs")
    simulator.settle()

    found = account.recent()

    assert {30003: 1} == dict(found.failures)
    assert found.texts >= 2


def test_why_there_is_no_answer(simulator: Simulator) -> None:
    with served(simulator.wsgi) as origin, pytest.raises(AccountError, match="HTTP 401") as wrong:
        TwilioAccount(simulator.account_sid, "not the token", origin).state()
    assert 401 == wrong.value.status
    with pytest.raises(AccountError, match="no connection") as away:
        TwilioAccount(simulator.account_sid, simulator.auth_token, "http://127.0.0.1:9").state()
    assert 0 == away.value.status

import pytest

from bugglio.delivery import FAILURES, RANK, Blame, classify


@pytest.mark.parametrize("code", [30001, 30003, 30008, 30036, 30022])
def test_a_phone_that_is_out_of_reach_now_may_be_tried_again_later(code: int) -> None:
    failure = classify(code)

    assert (Blame.PERSON, False) == (failure.blame, failure.lasting)


@pytest.mark.parametrize("code", [21211, 21608, 21610, 21612, 21614, 21635, 30004, 30005, 30006])
def test_a_number_that_will_always_be_refused_is_known_as_such(code: int) -> None:
    failure = classify(code, 400)

    assert (Blame.PERSON, True) == (failure.blame, failure.lasting)


@pytest.mark.parametrize("code", [10001, 20003, 20005, 21408, 21606, 30002, 30007, 30032, 30034, 30450])
def test_what_concerns_the_account_concerns_everybody(code: int) -> None:
    assert Blame.ACCOUNT is classify(code).blame
    assert Blame.ACCOUNT is classify(code, 400).blame


def test_a_code_means_the_same_with_the_refusal_and_with_undelivered() -> None:
    assert classify(30034) == classify(30034, 400)
    assert classify(21610) == classify(21610, 400)


def test_a_code_that_nobody_knows_concerns_the_phone_if_it_came_with_undelivered() -> None:
    failure = classify(39999)

    assert Blame.PERSON is failure.blame
    assert not failure.lasting
    assert "not delivered (Twilio's code 39999)" == failure.cause


def test_a_code_that_nobody_knows_concerns_the_account_if_the_text_was_refused() -> None:
    failure = classify(29999, 400)

    assert Blame.ACCOUNT is failure.blame
    assert "Twilio refused the text (HTTP 400, Twilio's code 29999)" == failure.cause


def test_undelivered_without_a_code_says_so() -> None:
    assert "not delivered (Twilio gave no code)" == classify(0).cause


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "TWILIO_AUTH_TOKEN"),
        (403, "TWILIO_AUTH_TOKEN"),
        (404, "TWILIO_ACCOUNT_SID"),
        (418, "HTTP 418, without a code"),
    ],
)
def test_a_refusal_without_a_code_is_explained_by_its_status(status: int, words: str) -> None:
    failure = classify(0, status)

    assert Blame.ACCOUNT is failure.blame
    assert words in failure.cause


def test_the_unregistered_sender_is_told_where_to_register() -> None:
    assert (
        "your number is not registered for texting to US phones (A2P 10DLC): register it in Twilio's console, "
        "Messaging > Regulatory compliance"
    ) == classify(30034).cause


@pytest.mark.parametrize("code", [21602, 21604, 21617, 21624])
def test_what_only_bugglio_can_do_wrong_is_called_a_fault_of_bugglio(code: int) -> None:
    assert "a fault of bugglio's" in classify(code, 400).cause


def test_every_failure_knows_its_own_code_and_reads_as_part_of_a_sentence() -> None:
    for code, failure in FAILURES.items():
        assert code == failure.code
        assert failure.cause[0].islower() or failure.cause.startswith(("Twilio", "TWILIO"))
        assert not failure.cause.endswith(".")
        assert failure.cause.isascii()


def test_only_a_person_can_be_unreachable_for_good() -> None:
    assert [] == [code for code, failure in FAILURES.items() if failure.lasting and failure.blame is Blame.ACCOUNT]


def test_statuses_rank_in_the_order_in_which_they_can_follow_each_other() -> None:
    assert RANK["accepted"] < RANK["queued"] < RANK["sending"] < RANK["sent"] < RANK["delivered"]
    assert {RANK[end] for end in ("delivered", "read", "undelivered", "failed", "canceled")} == {RANK["delivered"]}

import pytest

from bugglio.delivery import CALLS, FAILURES, NO_CALLER, RANK, Blame, classify, classify_call


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


def test_a_calls_statuses_rank_in_the_order_in_which_they_can_follow_each_other() -> None:
    assert RANK["queued"] < RANK["initiated"] < RANK["ringing"] < RANK["in-progress"] < RANK["completed"]
    assert {RANK[end] for end in ("completed", "busy", "no-answer", "failed", "canceled")} == {RANK["completed"]}


@pytest.mark.parametrize(
    ("status", "cause"),
    [
        ("busy", "the line was busy"),
        ("no-answer", "nobody answered the call"),
        ("canceled", "the call was cancelled"),
        ("failed", "the call could not be put through"),
    ],
)
def test_how_a_call_ended_is_said_in_plain_words(status: str, cause: str) -> None:
    assert cause == classify_call(0, status=status).cause
    assert f"{cause} (Twilio's code 31480)" == classify_call(31480, status=status).cause


@pytest.mark.parametrize(
    ("code", "status", "cause"),
    [
        (
            21215,
            400,
            "the account may not call this country: allow it in Twilio's console, Voice > Settings > Geo permissions",
        ),
        (21210, 400, "TWILIO_CALLER_ID is not a number of this account that can call"),
        (20003, 401, FAILURES[20003].cause),
        (21211, 400, FAILURES[21211].cause),
        (29999, 400, "Twilio refused the call (HTTP 400, Twilio's code 29999)"),
        (0, 418, "Twilio refused the call (HTTP 418, without a code)"),
    ],
)
def test_why_a_call_was_refused_is_said_in_plain_words(code: int, status: int, cause: str) -> None:
    assert cause == classify_call(code, status).cause


def test_no_call_says_anything_lasting_of_a_phone_nor_of_the_sender_of_texts() -> None:
    failures = [classify_call(code, 400) for code in (*FAILURES, *CALLS, 0, 29999)]

    assert {(Blame.PERSON, False)} == {(one.blame, one.lasting) for one in (*failures, NO_CALLER)}


def test_every_cause_of_a_call_reads_as_part_of_a_sentence() -> None:
    for cause in CALLS.values():
        assert cause[0].islower() or cause.startswith(("Twilio", "TWILIO"))
        assert not cause.endswith(".")
        assert cause.isascii()

"""From Bugsnag's webhook to the text on the phone."""

from tests.payloads import event
from tests.stage import ANA, Stage


def test_a_new_error_is_on_the_phone_at_once(stage: Stage) -> None:
    answer = stage.webhook(event())

    code = answer["code"]
    assert {"outcome": "opened", "code": code, "reason": None} == answer
    assert (
        f"#{code} checkout-api production: TypeError: cannot read 'id' of undefined in cart#create. "
        f"New unhandled error. Reply ack {code}"
    ) == stage.page()


def test_the_same_error_again_is_counted_and_pages_nobody(stage: Stage) -> None:
    first = stage.webhook(event())
    stage.page()

    again = stage.webhook(event("exception", "Every event"))

    assert {"outcome": "counted", "code": first["code"], "reason": "counted on the open alert"} == again
    assert [] == stage.new_texts()


def test_ack_answers_and_ends_the_paging(stage: Stage) -> None:
    code = stage.webhook(event())["code"]
    stage.page()

    assert f"Acked {code} TypeError checkout-api. Nothing else open." == stage.text(ANA, "ack")

    stage.wait(minutes=40, step=30)
    assert [] == stage.new_texts()

from pathlib import Path

from bugglio.simulator import Answer, Misbehaviour, Simulator

ANA, BEN = "+14155550101", "+14155550102"


def text(simulator: Simulator, body: str, to: str = ANA) -> str:
    return simulator.accept({"To": to, "From": simulator.sender, "Body": body}).sid


def test_texts_survive_a_restart(tmp_path: Path) -> None:
    journal = tmp_path / "texts.jsonl"
    before = Simulator(journal=journal)
    text(before, "line one\u2028line two 🛒")
    before.misbehave(Misbehaviour("undelivered", times=1, code=30003))
    text(before, "second")
    before.settle()

    after = Simulator(journal=journal)

    assert before.messages() == after.messages()
    assert ["delivered", "undelivered"] == [message.status for message in after.messages()]
    assert before.messages()[-1].change <= after.change


def test_phones_and_stops_survive_a_restart(tmp_path: Path) -> None:
    journal = tmp_path / "texts.jsonl"
    before = Simulator(journal=journal, phones={ANA: "on duty"}, post=lambda *_: Answer(204))
    before.add_phone(BEN)
    before.receive(ANA, "stop")
    before.receive(BEN, "stop")
    before.receive(BEN, "start")

    after = Simulator(journal=journal)

    assert {ANA: "on duty", BEN: ""} == after.phones()
    assert (True, False) == (after.opted_out(ANA), after.opted_out(BEN))


def test_a_torn_last_line_costs_that_line_only(tmp_path: Path) -> None:
    journal = tmp_path / "texts.jsonl"
    text(Simulator(journal=journal), "whole")
    with journal.open("a") as file:
        file.write('{"message": {"sid": "SM1", "bo')

    after = Simulator(journal=journal)
    assert ["whole"] == after.texts(ANA)

    text(after, "next")
    assert ["whole", "next"] == Simulator(journal=journal).texts(ANA)


def test_lines_of_no_use_are_passed_over(tmp_path: Path) -> None:
    journal = tmp_path / "texts.jsonl"
    journal.write_bytes(b'\xff\xfe\n[]\n{"message": 7}\n{"message": {"sid": "SM1"}}\n{"opted_out": "+1"}\n\n')

    assert [] == Simulator(journal=journal).messages()


def test_the_newest_text_is_last_on_the_page_and_first_in_the_log() -> None:
    simulator = Simulator()
    for body in ("one", "two", "three"):
        text(simulator, body)

    assert ["one", "two", "three"] == simulator.texts(ANA)
    assert ["three", "two", "one"] == [message.body for message in simulator.listed(lambda _: True)]


def test_since_tells_what_is_new_or_changed() -> None:
    simulator = Simulator()
    first, second = text(simulator, "one"), text(simulator, "two")
    cursor = simulator.change

    assert [] == simulator.messages(since=cursor)
    simulator.move(first)
    third = text(simulator, "three")
    assert [first, third] == [message.sid for message in simulator.messages(since=cursor)]
    assert second == simulator.messages()[1].sid

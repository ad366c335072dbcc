"""Stands in for bugglio's doors, for the simulator's own tests: nothing of bugglio takes part in them."""

import threading

from flask import Flask, Response, request
from twilio.request_validator import RequestValidator

from bugglio.simulator import Simulator

ANA, BEN = "+14155550101", "+14155550102"
PUBLIC = "https://bugglio.test"


class Doors:
    """Stands where bugglio's doors are: notes what comes, checks its signature, answers what it is told."""

    def __init__(self) -> None:
        self.app = Flask("doors")
        self.app.add_url_rule("/<path:_>", view_func=self._note, methods=["POST"])
        self.got: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.answer = Response("<Response/>", mimetype="text/xml")
        self.arrived = threading.Condition()

    def _note(self, _: str) -> Response:
        with self.arrived:
            self.paths.append(request.full_path.rstrip("?"))
            self.headers.append(dict(request.headers))
            self.got.append(request.form.to_dict())
            self.arrived.notify_all()
        return self.answer

    def signed(self, place: int = -1, token: str = "simulated-token") -> bool:
        signature = self.headers[place].get("X-Twilio-Signature", "")
        return bool(RequestValidator(token).validate(PUBLIC + self.paths[place], self.got[place], signature))

    def statuses(self) -> list[str]:
        return [form["MessageStatus"] for form in self.got if "MessageStatus" in form]


def text(simulator: Simulator, body: str = "#417 boom. Reply ack 417", to: str = ANA) -> str:
    form = {"To": to, "From": simulator.sender, "Body": body, "StatusCallback": f"{PUBLIC}/sms-status?page=p&attempt=a"}
    return simulator.accept(form).sid

"""
A Twilio and a Bugsnag that live on the laptop. Nothing of bugglio is imported here; bugglio's program and tests use it.

```python
from bugglio.simulator import Misbehaviour, Simulator, served, through

simulator = Simulator(public_url="https://bugglio.test", post=through(app), clock=clock)   # stands still
with served(simulator.wsgi) as origin:          # TWILIO_API_URL = origin, or origin + "/simulator/twilio"
    simulator.event("new-error")                # -> Event(payload, status, answer)
    simulator.settle()                          # every text delivered, every status callback posted
    simulator.texts("+14155550101")             # -> ["#417 checkout-api ... Reply ack 417"]
    simulator.receive("+14155550101", "ack")    # -> Received(sid, replies, status, error_code)
    simulator.misbehave(Misbehaviour("accept-timeout", times=1, number="+14155550101"))
simulator.close()                               # withheld answers are let go
```

`Simulator` (all by name): `public_url` (texts are posted to it + `/sms`), `webhook_url` (Bugsnag's events; default
`public_url` + `/bugsnag`), `account_sid`, `auth_token`, `sender`, `messaging_service_sid`, `phones` (number -> label),
`clock` (() -> milliseconds), `journal` (a file of JSON lines), `post` (how a door is reached: `over_http`, or
`through(app)` without sockets), `bugsnag_token` (opens Bugsnag's API), `any_error` (that API knows every error, not
only those that events were sent of).

Standing still (default): `move(sid=None)` lets texts take their next status and puts the reports into the list
`callbacks`, which a test may clear, reverse or double; `deliver()` posts them; `settle()` does both until nothing is
left. `echoes` are the same for Bugsnag's webhooks about what was changed through its API; they go out with the reports.
Nothing else moves, so no test waits. `start()` makes it run in real time instead, `close()` ends that.

To look at: `messages(to=, since=)`, `texts(number)`, `calls(number=None)`, `message(sid)`, `activity()`, `phones()`,
`opted_out(number)`, `errors()` and `comments(error=None)` of Bugsnag, `misbehaviours()`, and the addresses
`simulator.public_url`, `.webhook_url`, `.sender`, `.account_sid`, `.auth_token`, `.bugsnag_token`. `receive_again(sid)`
posts a text once more, as a retry does. `send_event(payload)` sends any JSON value, `name_phones({number: label})`
labels phones while it runs. `KINDS` are the misbehaviours, `SAMPLES` the sample events, by name.

Over HTTP (`simulator.wsgi`, a Flask app): `GET /simulator` the page; `GET /simulator/messages?since=&to=`;
`POST /simulator/texts {from, body}`; `GET|POST /simulator/misbehave {kind, times, number, code, seconds}` (`times` left
out: until switched off; 0: off; `kind` null: all off); `GET|POST /simulator/events {sample}` or `{payload}`;
`GET /simulator/calls?since=&to=`; `POST /simulator/phones {number}`; `GET /simulator/errors`; Twilio's API under
`/2010-04-01` and `/simulator/twilio/2010-04-01`, Bugsnag's under `/projects` and `/simulator/bugsnag/projects`. POSTs
from other sites and foreign Host names get 403.
"""

from bugglio.simulator.activity import Activity
from bugglio.simulator.core import Simulator
from bugglio.simulator.events import Event
from bugglio.simulator.incoming import Received
from bugglio.simulator.post import Answer, Post, over_http, through
from bugglio.simulator.records import Call, Message
from bugglio.simulator.reports import Callback
from bugglio.simulator.samples import SAMPLES, Sample
from bugglio.simulator.server import served
from bugglio.simulator.tracked import Comment, Tracked
from bugglio.simulator.trouble import KINDS, Kind, Misbehaviour

__all__ = [
    "KINDS",
    "SAMPLES",
    "Activity",
    "Answer",
    "Call",
    "Callback",
    "Comment",
    "Event",
    "Kind",
    "Message",
    "Misbehaviour",
    "Post",
    "Received",
    "Sample",
    "Simulator",
    "Tracked",
    "over_http",
    "served",
    "through",
]

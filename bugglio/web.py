"""Calls to plain addresses of the web: the heartbeat's, and bugglio's own public one."""

from collections.abc import Mapping

from bugglio.exchange import Exchange, Reply

NO_THREAD = "no thread could be started"


class PlainWeb:
    """Calls addresses; see `Web` of the pager's ports."""

    def ask(
        self,
        method: str,
        url: str,
        *,
        patience: float,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
    ) -> str:
        """One request, without redirects; see `Web.ask`."""
        reply = asked(method, url, patience=patience, body=body, headers=headers, auth=auth)
        if isinstance(reply, str):
            return reply
        return "" if 200 <= reply.status < 300 else f"it answered HTTP {reply.status}"


def asked(
    method: str,
    url: str,
    *,
    patience: float,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    auth: tuple[str, str] | None = None,
) -> Reply | str:
    """
    What was answered, without its body, or why nothing was; no redirect is followed.

    What has to be imported for it does not count as waiting.
    """
    from bugglio import oneshot

    exchange = Exchange(patience, lambda: True)

    def send() -> None:
        oneshot.send(exchange, method, url, data=body or None, headers=headers or {}, auth=auth, heard=False)

    try:
        exchange.run(send)
    except RuntimeError:
        return NO_THREAD
    return exchange.reply or exchange.trouble or "no answer"

"""What every answer carries: nothing runs but our own files, nobody frames it, and nobody keeps it."""

from collections.abc import Callable

from flask import Response, request
from secure import (
    CacheControl,
    ContentSecurityPolicy,
    CrossOriginOpenerPolicy,
    CrossOriginResourcePolicy,
    ReferrerPolicy,
    Secure,
    StrictTransportSecurity,
    XContentTypeOptions,
    XFrameOptions,
)

from bugglio.admin.viewing import FILES

YEAR = 365 * 24 * 3600


def secured(*, secure: bool) -> Callable[[Response], Response]:
    """Puts the headers on an answer; `secure`: the public address is https, and stays so."""
    headers = _headers(secure=secure)

    def add(answer: Response) -> Response:
        headers.set_headers(answer)
        if request.endpoint in FILES and answer.status_code == 200:
            answer.headers["Cache-Control"] = "public, max-age=3600"
        return answer

    return add


def _headers(*, secure: bool) -> Secure:
    own = "'self'"
    policy = ContentSecurityPolicy().default_src("'none'").script_src(own).style_src(own).img_src(own, "data:")
    policy = policy.connect_src(own).form_action(own).base_uri("'none'").frame_ancestors("'none'")
    return Secure(
        cache=CacheControl().no_store(),
        coop=CrossOriginOpenerPolicy().same_origin(),
        corp=CrossOriginResourcePolicy().same_origin(),
        csp=policy,
        hsts=StrictTransportSecurity().max_age(YEAR) if secure else None,
        referrer=ReferrerPolicy().same_origin(),
        xcto=XContentTypeOptions().nosniff(),
        xfo=XFrameOptions().deny(),
    )

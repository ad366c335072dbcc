"""The admin pages, where a browser asks for them: built with their libraries when the first one does."""

import threading
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from werkzeug import Request, Response

from bugglio.doors import http

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

BELOW = "/admin"
METHODS = ("GET", "HEAD", "POST")

Pages = Callable[["WSGIEnvironment", "StartResponse"], Iterable[bytes]]


class PagesDoor:
    """Hands requests to the pages, at the address that the settings say they have, whatever path arrived."""

    def __init__(self, pages: Callable[[], Pages], public_url: str) -> None:
        """`pages` builds them."""
        self._build = pages
        self._built: Pages | None = None
        self._lock = threading.Lock()
        self._public = urlsplit(public_url)

    def __call__(self, request: Request) -> Response:
        """Answer with a page."""
        http.only(request, *METHODS)
        content = http.body(request)
        return Response.from_app(self._pages(), self._environ(request, content))

    def _pages(self) -> Pages:
        with self._lock:
            if self._built is None:
                self._built = self._build()
            return self._built

    def _environ(self, request: Request, content: bytes) -> "WSGIEnvironment":
        """The request as it was meant: behind a proxy neither host, nor scheme, nor the path's beginning arrive."""
        public, path = self._public, request.path
        path = path.removeprefix(public.path) if path.startswith(f"{public.path}/") else path
        below = path.removeprefix(BELOW) if f"{path}/".startswith(f"{BELOW}/") else path
        return {
            **request.environ,
            "SCRIPT_NAME": f"{public.path}{BELOW}".encode().decode("latin-1"),
            "PATH_INFO": (below or "/").encode("utf-8", "surrogateescape").decode("latin-1"),
            "HTTP_HOST": public.netloc,
            "wsgi.url_scheme": public.scheme,
            "wsgi.input": BytesIO(content),
            "CONTENT_LENGTH": str(len(content)),
        }

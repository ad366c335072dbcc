"""Identity tokens as Google mints them, with keys of our own, and a server that hands out their certificates."""

import base64
import datetime as dt
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

ACCOUNT = "tick@my-project.iam.gserviceaccount.com"
AUDIENCE = "https://pager.example.com/tick"


@cache
def private_key(kid: str = "key-1") -> rsa.RSAPrivateKey:  # noqa: ARG001 - the cache keeps one for each
    """The key of this id, made once in a process."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def certificate(kid: str = "key-1") -> str:
    """The key's certificate, in PEM, signed by itself."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, kid)])
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(1)
    builder = builder.public_key(private_key(kid).public_key()).not_valid_before(now - dt.timedelta(days=1))
    signed = builder.not_valid_after(now + dt.timedelta(days=14)).sign(private_key(kid), hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.PEM).decode()


def mint(
    *,
    email: str | None = ACCOUNT,
    audience: Any = AUDIENCE,
    expires_in: float = 3600,
    issued_ago: float = 0,
    issuer: str = "https://accounts.google.com",
    email_verified: Any = True,
    kid: str | None = "key-1",
    signed_with: str | None = None,
    algorithm: str = "RS256",
    claims: Mapping[str, Any] | None = None,
) -> str:
    """
    Mint a token; without arguments a good one.

    `kid` is what the header says (None: nothing), `signed_with` the key that really signs; `algorithm` may be RS256,
    `none` (unsigned), or HS256: signed with the certificate as if it were a shared secret.
    """
    now = int(time.time())
    header = {"alg": algorithm, "typ": "JWT"} | ({"kid": kid} if kid is not None else {})
    payload = {"iss": issuer, "aud": audience, "azp": "1234", "sub": "1234", "email": email}
    payload |= {"email_verified": email_verified, "iat": int(now - issued_ago), "exp": int(now + expires_in)}
    signing_input = f"{_segment(header)}.{_segment({**payload, **(claims or {})})}"
    return f"{signing_input}.{_encoded(_signature(signing_input.encode(), algorithm, signed_with or kid or 'key-1'))}"


def bearer(token: str) -> str:
    """The Authorization header of a token."""
    return f"Bearer {token}"


def _signature(signing_input: bytes, algorithm: str, kid: str) -> bytes:
    if algorithm == "HS256":
        return hmac.new(certificate(kid).encode(), signing_input, hashlib.sha256).digest()
    if algorithm == "none":
        return b""
    return private_key(kid).sign(signing_input, padding.PKCS1v15(), hashes.SHA256())


def _segment(value: Mapping[str, Any]) -> str:
    return _encoded(json.dumps(value).encode())


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class CertificateServer:
    """Where certificates are fetched, in Google's form: an object of PEM by key id."""

    def __init__(self) -> None:
        self.url = ""
        self.certificates: Any = {"key-1": certificate("key-1")}
        """What is answered; anything that JSON can say."""
        self.status = 200
        """302 leads to `/elsewhere` on this server, which hands out the same."""
        self.asked = 0
        self.go_on = threading.Event()
        """Set, except while answers are to hang."""
        self.go_on.set()


@contextmanager
def serving() -> Iterator[CertificateServer]:
    """Run the server on a free port of this machine."""
    there = CertificateServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            there.asked += 1
            there.go_on.wait(30)
            body = json.dumps(there.certificates).encode()
            self.send_response(200 if self.path == "/elsewhere" else there.status)
            if there.status in (301, 302):
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    there.url = f"http://127.0.0.1:{server.server_port}/certs"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield there
    finally:
        there.go_on.set()
        server.shutdown()
        thread.join()
        server.server_close()

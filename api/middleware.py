"""
What every request passes through, as plain ASGI: a body limit, security headers, numbers.

None of it buffers a body or a response, so the event stream flows through.
"""

import logging
import time
from collections.abc import Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import BodyEncodedError, BodyTooLargeError
from api.metrics import Metrics

_access_log = logging.getLogger("dispatch119.access")

# Inline styles: Leaflet positions every marker with them. Inline scripts: a page has its
# import map, its map set-up and its first module inside, each under a per-response nonce.
_POLICY = (
    "default-src 'self'; script-src 'self'{scripts}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; connect-src 'self'; font-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)


# A year; a browser that came by https once does not try http again.
_STRICT = "max-age=31536000"


def content_security_policy(*, nonces: Sequence[str] = ()) -> str:
    """Return the policy: everything from ourselves, scripts also by the given nonces."""
    return _POLICY.format(scripts="".join(f" 'nonce-{nonce}'" for nonce in nonces))


class BodyLimit:
    """
    Refuse a body over `limit` bytes while it arrives, whatever length it announced, and a
    packed one, whose true size nobody knows.

    What comes after the limit is never read by us; the server drops it.
    """

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with a receiver that counts."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        counted = 0
        encoding = Headers(scope=scope).get("content-encoding", "identity").strip()

        async def limited() -> Message:
            nonlocal counted
            if encoding.lower() not in {"", "identity"}:
                raise BodyEncodedError(encoding)
            message = await receive()
            body = message.get("body", b"")
            counted += len(body)
            if counted > self.limit:
                raise BodyTooLargeError(self.limit, body)
            return message

        await self.app(scope, limited, send)


class SecurityHeaders:
    """Add the headers that keep a browser from doing more than the page needs."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and complete the answer's headers."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def completed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Content-Security-Policy", content_security_policy())
                headers.setdefault("X-Content-Type-Options", "nosniff")
                headers.setdefault("Referrer-Policy", "no-referrer")
                headers.setdefault("X-Frame-Options", "SAMEORIGIN")
                headers.setdefault("Permissions-Policy", "geolocation=(self), camera=()")
                if scope["scheme"] == "https":
                    headers.setdefault("Strict-Transport-Security", _STRICT)
                if scope["path"].startswith("/v1/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self.app(scope, receive, completed)


class Observe:
    """Count and log every request by its route template: no address, query or person."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; measure until the answer's headers leave."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()

        async def observed(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._note(scope, int(message["status"]), time.perf_counter() - started)
            await send(message)

        await self.app(scope, receive, observed)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "unmatched")
        self.metrics.observe_request(scope["method"], route, status, seconds)
        _access_log.info(
            "request",
            extra={
                "method": scope["method"],
                "route": route,
                "status": status,
                "ms": round(seconds * 1000, 1),
            },
        )

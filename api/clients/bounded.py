"""
One HTTP exchange with a server that is not ours: bounded in time and size.

No redirects, no proxies from the environment, no retries: a caller who is waiting
gets a refusal with a code in good time, and decides what next.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from geodata.errors import RefusedError
from geodata.said import said


class ExchangeError(RefusedError):
    """A server that could not be asked, or whose answer is out of bounds."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """
    How long and how much we wait for.

    Attributes
    ----------
    timeout_s
        The whole exchange, however slowly the bytes drip. Eight seconds is what
        emergency services allow a location server (RFC 5985, `responseTime`).
    max_bytes
        Largest answer; real ones have a few kilobytes.
    """

    timeout_s: float = 8.0
    max_bytes: int = 200_000


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: status, type and bytes."""

    status: int
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: nothing for GET."""

    method: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


async def exchange(url: str, message: Message, bounds: Bounds) -> Reply:
    """
    Send one message and return the answer, whatever its status.

    Raises
    ------
    ExchangeError
        `upstream_timeout`, `upstream_unreachable` or `upstream_too_large`.
    """
    try:
        # The time of httpx counts anew for every byte; this one is for all of it.
        async with asyncio.timeout(bounds.timeout_s):
            return await _exchange(url, message, bounds)
    except (TimeoutError, httpx.TimeoutException) as error:
        raise ExchangeError(
            "upstream_timeout",
            said(
                "the other server did not answer within {timeout_s:g} s", timeout_s=bounds.timeout_s
            ),
            said("ask the caller where they are; try again in a few seconds"),
        ) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ExchangeError(
            "upstream_unreachable",
            said("the other server cannot be reached"),
            said("check its address and the network; ask the caller meanwhile"),
        ) from error


async def _exchange(url: str, message: Message, bounds: Bounds) -> Reply:
    headers = {**message.headers, "Accept-Encoding": "identity"}
    async with (
        httpx.AsyncClient(timeout=bounds.timeout_s, trust_env=False) as client,
        client.stream(
            message.method, url, content=message.body or None, headers=headers
        ) as response,
    ):
        body = await _body(response, bounds)
        return Reply(response.status_code, response.headers.get("content-type", ""), body)


async def _body(response: httpx.Response, bounds: Bounds) -> bytes:
    body = bytearray()
    # Undecoded: a compressed answer could be a thousand times its size.
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > bounds.max_bytes:
            raise ExchangeError(
                "upstream_too_large",
                said("the answer is larger than {max_bytes:,} bytes", max_bytes=bounds.max_bytes),
                said("a location has a few thousand; check the other server"),
            )
    return bytes(body)

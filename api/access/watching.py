"""
Who reads the numbers and the description of the interface: machines that watch, not the public.

With a token set, whoever sends it; without one, this machine alone. A request that came through
a proxy is not of this machine, whatever address it seems to have.
"""

import ipaddress
import secrets

from fastapi import Request

from api.access.security import services_of
from geodata.errors import NotFoundError
from geodata.said import said

_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-real-ip")


def watching(request: Request) -> None:
    """
    Admit a machine that watches; a dependency of the routes that only those may read.

    Raises
    ------
    NotFoundError
        `not_found`: for everybody else there is nothing here.
    """
    token = services_of(request).settings.web.watch_token
    if token is None:
        is_let_in = _is_this_machine(request)
    else:
        given = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
        is_let_in = secrets.compare_digest(given.encode(), token.get_secret_value().encode())
    if not is_let_in:
        raise NotFoundError(
            "not_found",
            said("there is nothing at this address"),
            said("ask from this machine, or with the token of DISPATCH119_WATCH_TOKEN"),
        )


def _is_this_machine(request: Request) -> bool:
    if request.client is None or any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False

"""
Fetches a location by its address (RFC 6753): the other half of "location by reference".

Addresses come out of messages of strangers, so only named hosts are asked: otherwise
anybody who can send us a call could make us reach into our own network.
"""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from lxml import etree

from api.clients.bounded import Bounds, Reply, Request, exchange
from dispatch.errors import AddressRefusedError, LocationServerError, LocationServerFailedError
from dispatch.location.internet.held import HELD
from geodata.said import said

HELD_TYPE = "application/held+xml"
_ACCEPTED = f"{HELD_TYPE}, application/pidf+xml;q=0.9"
_METHOD_NOT_ALLOWED = (405, 501)


@dataclass(frozen=True, slots=True)
class HeldClient:
    """
    A client of location information servers.

    Attributes
    ----------
    hosts
        Host names (lower case) that may be asked, with ":port" where it is not the usual.
    schemes
        `https` alone by default; clear text only inside an operator's own network.
    """

    hosts: frozenset[str]
    schemes: frozenset[str] = frozenset({"https"})
    bounds: Bounds = field(default_factory=Bounds)

    async def fetch(self, uri: str) -> Reply:
        """
        Fetch what an address stands for, unread.

        Asks with POST as HELD does; a server that only knows GET is asked that way.

        Raises
        ------
        LocationServerError
            `uri_not_supported`, `host_not_allowed`, `upstream_timeout`,
            `upstream_unreachable`, `upstream_too_large` or `upstream_failed`.
        """
        self.check(uri)
        headers = {"Content-Type": HELD_TYPE, "Accept": _ACCEPTED}
        body = location_request(response_time_ms=int(self.bounds.timeout_s * 1000))
        reply = await exchange(uri, Request("POST", body, headers), self.bounds)
        if reply.status in _METHOD_NOT_ALLOWED:
            asked = {"Accept": _ACCEPTED}
            reply = await exchange(uri, Request("GET", b"", asked), self.bounds)
        _check_status(reply)
        return reply

    def check(self, uri: str) -> None:
        """
        Refuse an address that may not be asked.

        Raises
        ------
        LocationServerError
            `uri_not_supported` or `host_not_allowed`.
        """
        try:
            parts = urlsplit(uri.strip())
            host = (parts.hostname or "") + (f":{parts.port}" if parts.port else "")
        except ValueError as error:
            raise _not_supported() from error
        if parts.scheme.lower() not in self.schemes or not host:
            raise _not_supported()
        if host not in self.hosts:
            raise AddressRefusedError(
                "host_not_allowed",
                said("this host may not be asked for locations"),
                said("add the operator's location server to the allowed hosts"),
            )


def location_request(*, response_time_ms: int) -> bytes:
    """Build a HELD `locationRequest` for an area, or an address, whichever there is."""
    root = etree.Element(etree.QName(HELD, "locationRequest"), nsmap={None: HELD})
    root.set("responseTime", str(response_time_ms))
    etree.SubElement(root, etree.QName(HELD, "locationType"), exact="false").text = "geodetic civic"
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def _not_supported() -> LocationServerError:
    hint = said("https; a sip: or pres: address needs a SIP subscription, which is not built")
    return AddressRefusedError(
        "uri_not_supported", said("the address is of a kind that is not fetched"), hint
    )


def _check_status(reply: Reply) -> None:
    if reply.status // 100 != 2:
        raise LocationServerFailedError(
            "upstream_failed",
            said("the location server answered HTTP {status}", status=reply.status),
            said("ask the caller where they are; report it when it stays so"),
        )

"""
Asks an operator's location server where a number is: OMA MLP `eme_lir` over HTTP.

One POST, one answer, read by the same parser as everything else. A result that says
"no fix" is a report without a place, never an exception.

Standard: OMA-TS-MLP-V3_5, sections 5.2.3.2 and 6 (transport).
"""

from dataclasses import dataclass, field

from lxml import etree

from api.clients.bounded import Bounds, Reply, Request, exchange
from dispatch.errors import LocationServerFailedError
from geodata.numbering import read_number
from geodata.said import said

MLP_VERSION = "3.5.0"
_NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class MlpClient:
    """
    A client of one operator's location server.

    Attributes
    ----------
    url
        Where it listens; ports 9210 (clear) and 9211 (TLS) are the standard's.
    client_id, password
        What the operator has given us; never logged.
    """

    url: str
    client_id: str
    password: str = field(repr=False)
    bounds: Bounds = field(default_factory=Bounds)

    async def ask(self, number: str) -> Reply:
        """
        Ask for the location of a number, and return the answer unread.

        Raises
        ------
        LocationServerError
            `upstream_timeout`, `upstream_unreachable`, `upstream_too_large` or
            `upstream_failed`.
        RefusedError
            `bad_number`.
        """
        body = emergency_request(
            number, self.client_id, self.password, response_s=int(self.bounds.timeout_s)
        )
        headers = {"Content-Type": "text/xml; charset=utf-8"}
        reply = await exchange(self.url, Request("POST", body, headers), self.bounds)
        # An unknown service is a 404 with a readable `gem` (section 6.2).
        if reply.status // 100 != 2 and reply.status != _NOT_FOUND:
            raise LocationServerFailedError(
                "upstream_failed",
                said("the location server answered HTTP {status}", status=reply.status),
                said("ask the caller where they are; report it when it stays so"),
            )
        return reply


def emergency_request(number: str, client_id: str, password: str, *, response_s: int = 8) -> bytes:
    """
    Build the `svc_init` with an `eme_lir` for one number, asking for any position there is.

    Raises
    ------
    RefusedError
        `bad_number`.
    """
    msisdn = read_number(number).e164.removeprefix("+")
    root = etree.Element("svc_init", ver=MLP_VERSION)
    client = etree.SubElement(etree.SubElement(root, "hdr", ver=MLP_VERSION), "client")
    etree.SubElement(client, "id").text = client_id
    etree.SubElement(client, "pwd").text = password
    request = etree.SubElement(root, "eme_lir", ver=MLP_VERSION, res_type="SYNC")
    etree.SubElement(request, "msid", type="MSISDN").text = msisdn
    quality = etree.SubElement(request, "eqop")
    etree.SubElement(quality, "resp_req", type="LOW_DELAY")
    etree.SubElement(quality, "resp_timer").text = str(max(1, response_s))
    etree.SubElement(request, "loc_type", type="CURRENT_OR_LAST")
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))

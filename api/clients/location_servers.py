"""The location servers of others that this installation may ask, from its settings."""

from collections.abc import Mapping
from dataclasses import dataclass

from api.clients.bounded import Bounds, Reply
from api.clients.held import HeldClient
from api.clients.mlp import MlpClient
from api.settings import LocationServerSettings
from dispatch.errors import LocationServerError
from geodata.errors import UnavailableError
from geodata.said import said


@dataclass(frozen=True, slots=True)
class LocationServers:
    """Clients of the configured servers, None where none is."""

    held: HeldClient | None = None
    mlp: MlpClient | None = None

    def reference_in(self, extras: Mapping[str, str]) -> str | None:
        """
        Return the address in a report that is to be fetched: the first that may be.

        None without one, and where no host is configured: then nobody expects an answer.

        Raises
        ------
        LocationServerError
            `uri_not_supported`, `host_not_allowed`: of the first, when none may be asked.
        """
        uris = [uri for name, uri in extras.items() if _is_reference(name)]
        if self.held is None or not uris:
            return None
        refusal: LocationServerError | None = None
        for uri in uris:
            try:
                self.held.check(uri)
            except LocationServerError as error:
                refusal = refusal or error
                continue
            return uri
        raise refusal or AssertionError("an address is taken or refused")

    async def fetch(self, uri: str) -> Reply:
        """
        Fetch what an address stands for, unread.

        Raises
        ------
        LocationServerError
            As `HeldClient.fetch`; `host_not_allowed` where no host is configured.
        """
        client = self.held or HeldClient(frozenset())
        return await client.fetch(uri)

    async def ask(self, number: str) -> Reply:
        """
        Ask the operator where a number is.

        Raises
        ------
        RequestError
            `no_location_server`: none is configured.
        LocationServerError
            As `MlpClient.ask`.
        """
        if self.mlp is None:
            raise UnavailableError(
                "no_location_server",
                said("no operator's location server is configured here"),
                said("ask the caller; an administrator sets DISPATCH119_MLP_URL"),
            )
        return await self.mlp.ask(number)


def _is_reference(name: str) -> bool:
    # location_uri, location_uri_2, ...; not location_uri_expires
    return name == "location_uri" or name.removeprefix("location_uri_").isdigit()


def location_servers(settings: LocationServerSettings) -> LocationServers:
    """Build the clients of what is configured; asks nobody."""
    bounds = Bounds(timeout_s=settings.location_timeout_s)
    hosts = frozenset(
        filter(None, (host.strip() for host in settings.held_hosts.lower().split(",")))
    )
    schemes = frozenset({"https", "http"} if settings.held_clear_text else {"https"})
    held = HeldClient(hosts, schemes, bounds) if hosts else None
    mlp = None
    if settings.mlp_url is not None:
        password = settings.mlp_password.get_secret_value()
        mlp = MlpClient(settings.mlp_url, settings.mlp_client_id, password, bounds)
    return LocationServers(held, mlp)

"""The location servers of others that this installation may ask, from its settings."""

from collections.abc import Mapping
from dataclasses import dataclass

from api.clients.bounded import Bounds, ExchangeError
from api.clients.held import HeldClient
from api.clients.mlp import MlpClient
from api.settings import LocationServerSettings


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
        ExchangeError
            `uri_not_supported`, `host_not_allowed`: of the first, when none may be asked.
        """
        uris = [uri for name, uri in extras.items() if _is_reference(name)]
        if self.held is None or not uris:
            return None
        refusal: ExchangeError | None = None
        for uri in uris:
            try:
                self.held.check(uri)
            except ExchangeError as error:
                refusal = refusal or error
                continue
            return uri
        raise refusal or AssertionError("an address is taken or refused")


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

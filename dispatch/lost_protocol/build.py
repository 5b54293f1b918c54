"""Builds the LoST server: what it indexes, it indexes here, once."""

from dispatch.ground import Ground
from dispatch.location.civic_names import CivicPlaces
from dispatch.lost_protocol.boundaries import Boundaries
from dispatch.lost_protocol.model import LostConfig
from dispatch.lost_protocol.server import LostServer


def build_lost_server(ground: Ground, config: LostConfig | None = None) -> LostServer:
    """Return the server; indexing the names of all localities takes a fraction of a second."""
    return LostServer(
        ground,
        civic=CivicPlaces(ground.counties, ground.localities),
        boundaries=Boundaries(ground.counties),
        config=config or LostConfig(),
    )

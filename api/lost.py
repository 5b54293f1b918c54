"""Builds the LoST server from the loaded ground and the settings."""

from datetime import timedelta

from api.ground import Ground
from api.settings import LostSettings
from dispatch.lost_protocol.model import LostConfig
from dispatch.lost_protocol.server import LostServer


def build_lost_server(ground: Ground, settings: LostSettings) -> LostServer:
    """Return the server; indexing the names of all localities takes a fraction of a second."""
    config = LostConfig(
        source=settings.lost_source,
        uris=settings.lost_uris,
        updated_at=settings.lost_updated_at,
        lifetime=timedelta(hours=settings.lost_lifetime_h),
        parent=settings.lost_parent,
        is_open=settings.lost_enabled,
    )
    return LostServer(
        counties=ground.counties,
        territories=ground.territories,
        population=ground.population,
        localities=ground.localities,
        config=config,
    )

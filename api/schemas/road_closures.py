"""Closures of roads over HTTP: what is sent, and what is answered."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field

from api.schemas.answers import Answer, GeoJson, Place
from api.schemas.requests import Instant, PlaceRequest, Request
from dispatch.closures.drawing import MOST_WAYS, read_drawing
from dispatch.closures.model import ClosureState, RoadClosure
from dispatch.closures.on_the_map import Standing
from dispatch.words.catalogue import Catalogue, in_each
from geodata.areas.geojson import geometry_json
from geodata.errors import BadInputError
from geodata.roads.closures import Closure
from geodata.roads.meaning import Meaning
from geodata.said import said

WayId = Annotated[int, Field(gt=0, lt=2**62)]


class RoadClosureRequest(Request):
    """
    Close or slow roads: exactly one of `area`, `way_ids` and `spot` says which.

    `area` is a GeoJSON Polygon (every road through it) or LineString (every road it
    crosses), `way_ids` are OpenStreetMap's, `spot` means the nearest piece of road.
    Without a `factor` they are closed; with one it is the share of the usual speed.
    """

    area: Mapping[str, Any] | None = None
    way_ids: tuple[WayId, ...] = Field(default=(), max_length=MOST_WAYS)
    spot: PlaceRequest | None = None
    factor: float | None = Field(default=None, allow_inf_nan=False)
    valid_from: Instant | None = Field(default=None, description="now when not given")
    valid_until: Instant | None = Field(
        default=None, description="until it is taken back when not given"
    )
    reason: str = Field(min_length=1, max_length=500)

    def closure(self, now: datetime) -> Closure:
        """
        Return what the road index understands.

        Raises
        ------
        RefusedError
            `no_roads_named`, or what `Closure`, `read_drawing` and `LonLat.checked` refuse.
        """
        given = [self.area is not None, bool(self.way_ids), self.spot is not None]
        if sum(given) != 1:
            raise BadInputError(
                "no_roads_named",
                said("exactly one of area, way_ids and spot says which roads"),
                said("draw an area, or tap one road"),
            )
        return Closure(
            id="new",
            valid_from=self.valid_from or now,
            valid_until=self.valid_until,
            area=read_drawing(self.area) if self.area is not None else None,
            way_ids=self.way_ids,
            spot=self.spot.checked() if self.spot else None,
            factor=self.factor,
        )


class EndRequest(Request):
    """Why a closure is taken back."""

    reason: str | None = Field(default=None, max_length=500)


class MeantAnswer(Answer):
    """
    What the closure meant on the map in use when it was recorded.

    `cut_off_nodes` junctions outside of it could be driven to before and not since.
    """

    pieces: int = 0
    length_km: float = 0.0
    street_names: tuple[str, ...] = ()
    cut_off_nodes: int = 0
    cut_off_share: float = 0.0


class PreviewAnswer(Answer):
    """
    What a closure would mean; `roads` draws the pieces.

    `counties` and `warning` as in the closure.
    """

    meant: MeantAnswer
    counties: tuple[str, ...]
    roads: GeoJson | None
    warning: Mapping[str, str] | None

    @classmethod
    def of(cls, meaning: Meaning, roads: GeoJson | None, counties: tuple[str, ...]) -> Self:
        """Build from what was found on the map in use."""
        meant = MeantAnswer.model_validate(meaning.as_dict())
        return cls(meant=meant, counties=counties, roads=roads, warning=cut_off_warning(meant))


class RoadClosureAnswer(Answer):
    """
    A closure or slow-down.

    `applied` says whether the routes of this server follow it as its state demands,
    under the `generation` of the road index; `roads` draws the pieces meant, and
    `warning` is a sentence in both languages when places are cut off. In `counties` lie the
    roads: each of them may take it back.
    """

    id: UUID
    state: ClosureState
    applied: bool
    generation: str | None
    county: str
    counties: tuple[str, ...]
    area: GeoJson | None
    way_ids: tuple[int, ...]
    spot: Place | None
    factor: float | None
    reason: str
    valid_from: datetime
    valid_until: datetime | None
    recorded_by: str
    recorded_at: datetime
    ended_at: datetime | None
    ended_by: str | None
    end_reason: str | None
    meant: MeantAnswer
    roads: GeoJson | None
    warning: Mapping[str, str] | None

    @classmethod
    def of(cls, row: RoadClosure, standing: Standing) -> Self:
        """Build from the record and its standing."""
        meant = MeantAnswer.model_validate(dict(row.meant))
        facts = {name: getattr(row, name) for name in _PLAIN}
        return cls(
            **facts,
            state=standing.state,
            applied=standing.applied,
            generation=standing.generation,
            area=None if row.area is None else geometry_json(row.area),
            spot=Place.model_validate(row.spot) if row.spot else None,
            meant=meant,
            roads=standing.roads,
            warning=cut_off_warning(meant),
        )


_PLAIN = (
    "id", "county", "counties", "way_ids", "factor", "reason", "valid_from", "valid_until",
    "recorded_by", "recorded_at", "ended_at", "ended_by", "end_reason",
)  # fmt: skip


def cut_off_warning(meant: MeantAnswer) -> Mapping[str, str] | None:
    """Say in both languages that places are cut off, None when none is."""
    if meant.cut_off_nodes == 0:
        return None

    def sentence(words: Catalogue) -> str:
        least = meant.cut_off_share < 0.001
        share = f"< {words.fixed(0.1, 1)}" if least else words.fixed(meant.cut_off_share * 100, 1)
        return words.word("closure.cut_off", n=meant.cut_off_nodes, share=share)

    return in_each(sentence)

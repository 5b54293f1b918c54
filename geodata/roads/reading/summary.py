"""What an import read, kept and dropped, and why; plain numbers for people and manifests."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """
    What an import kept and what it left out, and why.

    Attributes
    ----------
    ways_read, ways_kept
        Ways with a `highway` tag and ferries; those that became roads.
    ways_dropped
        Number per reason: `not_drivable`, `area`, `construction`, `given_up`, `frozen_ground`,
        `service_lane`, `reversible`, `no_access`, `missing_nodes` (no two known places side by
        side), `outside_region`, `lane` (a driveway, aisle or track that joins nothing).
    lanes_kept
        Those that are the only way to somewhere; part of `ways_kept`.
    ways_cut
        Kept ways that fall into parts because the file does not hold a node between them.
    points_missing
        References to nodes that the file does not hold.
    nodes, pieces, arcs
        Size of the network without what turn restrictions add to it.
    length_km
        Length of all pieces, each counted once.
    slivers_dropped, sliver_nodes_dropped
        Disconnected bits too small to be worth an answer.
    components
        Connected parts kept.
    ferries
        Ferry ways kept.
    conditions_ignored
        Kept ways whose access, direction or speed depends on the hour or the like.
    barriers
        Barriers on kept ways that stop cars, by kind.
    restrictions_read, restrictions_applied
        Turn restrictions in the file; those now obeyed.
    restrictions_dropped
        Number per reason; see `geodata.roads.reading.restrictions`.
    restrictions_left_out
        The first OpenStreetMap relations of each reason, to look at and mend.
    extra_nodes, extra_pieces
        What the obeyed ones added to the network, and that nobody evades them by turning round.
    """

    ways_read: int
    ways_kept: int
    ways_dropped: dict[str, int] = field(default_factory=dict)
    lanes_kept: int = 0
    ways_cut: int = 0
    points_missing: int = 0
    nodes: int = 0
    pieces: int = 0
    arcs: int = 0
    length_km: float = 0.0
    slivers_dropped: int = 0
    sliver_nodes_dropped: int = 0
    components: int = 0
    ferries: int = 0
    conditions_ignored: int = 0
    barriers: dict[str, int] = field(default_factory=dict)
    restrictions_read: int = 0
    restrictions_applied: int = 0
    restrictions_dropped: dict[str, int] = field(default_factory=dict)
    restrictions_left_out: dict[str, list[int]] = field(default_factory=dict)
    extra_nodes: int = 0
    extra_pieces: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)

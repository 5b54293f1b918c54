"""
A seeded synthetic country: a road graph the size and shape of Romania's.

An ellipse with towns and villages of unequal size; nodes scattered around them;
edges of the Delaunay triangulation thinned to 1.25 a node; four levels of
through roads along cheapest paths between places; one-ways in towns. It is
NOT a map of anything. `benchmarks.synthetic_pbf` writes it as OpenStreetMap.

Scale: 1 000 000 nodes give about 330 000 km. Lengths in metres, speeds in
km/h, weights in milliseconds, places WGS84. Same seed and same versions of
numpy and scipy: same graph.
"""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree
from scipy.spatial import Delaunay, cKDTree

from benchmarks import synthetic_country_kernels as kernels
from geodata.roads.network import FAR, RoadNetwork
from geodata.roads.tags import BACKWARD, CLASS_CODES, FORWARD

SEED = 20261121
CLASSES = ("motorway", "primary", "secondary", "tertiary", "residential")
"""Class of each level, most important first; index = `Country.level`."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_HALF_AXES_M = np.array([320e3, 237e3])
_MIDDLE = (25.0, 45.9)
_DEGREE_M = 111_320.0
_TOWN, _VILLAGE, _OPEN = 2, 1, 0


@dataclass(frozen=True, slots=True)
class Country:
    """
    Undirected roads between nodes; each may be one-way from `tail` to `head`.

    `level` is an index into `CLASSES`.
    """

    lon: Floats
    lat: Floats
    tail: Ints
    head: Ints
    length_m: Floats
    speed_kph: Floats
    level: NDArray[np.int8]
    one_way: NDArray[np.bool_]

    @property
    def node_count(self) -> int:
        """Number of nodes; all can reach each other."""
        return len(self.lon)

    def arcs(self) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
        """Tail, head and weight (ms) of every directed arc, sorted by tail, then head."""
        back = ~self.one_way
        tail = np.concatenate([self.tail, self.head[back]])
        head = np.concatenate([self.head, self.tail[back]])
        weight = np.concatenate([self.weight_ms(), self.weight_ms()[back]])
        order = np.lexsort((head, tail))
        return tail[order].astype(np.int32), head[order].astype(np.int32), weight[order]

    def weight_ms(self) -> NDArray[np.int32]:
        """Time of each road in either direction, milliseconds."""
        return np.maximum(1, np.rint(self.length_m * 3600 / self.speed_kph)).astype(np.int32)

    def network(self) -> tuple[RoadNetwork, NDArray[np.int32]]:
        """Return the roads as straight pieces, and the weight of each of the 2 x pieces arcs."""
        lon, lat = (np.rint(axis * 1e7).astype(np.int32) for axis in (self.lon, self.lat))
        ends = np.stack([self.tail, self.head], axis=1).astype(np.int32)
        codes = np.array([CLASS_CODES[name] for name in CLASSES], np.uint8)
        count = len(self.tail)
        network = RoadNetwork(
            node_lon_e7=lon,
            node_lat_e7=lat,
            tail=ends[:, 0].copy(),
            head=ends[:, 1].copy(),
            length_cm=np.rint(self.length_m * 100).astype(np.int32),
            road_class=codes[self.level],
            flags=np.where(self.one_way, FORWARD, FORWARD | BACKWARD).astype(np.uint8),
            max_speed_kph=np.rint(self.speed_kph).astype(np.uint8),
            name_id=np.zeros(count, np.int32),
            way_id=np.arange(1, count + 1),
            shape_first=np.arange(0, 2 * count + 1, 2, dtype=np.int32),
            shape_lon_e7=lon[ends.ravel()],
            shape_lat_e7=lat[ends.ravel()],
        )
        both = np.repeat(self.weight_ms(), 2).reshape(-1, 2)
        both[self.one_way, 1] = FAR
        return network, both.ravel()


def load_country(nodes: int, folder: Path, *, seed: int = SEED) -> Country:
    """Draw the country once and keep it in `folder`; later calls read the file."""
    file = folder / f"synthetic_country_{nodes}_{seed}.npz"
    if not file.exists():
        country = draw_country(nodes, seed=seed)
        folder.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(".part.npz")
        np.savez(draft, **{f.name: getattr(country, f.name) for f in fields(Country)})
        draft.replace(file)
    with np.load(file) as arrays:
        return Country(**{f.name: arrays[f.name] for f in fields(Country)})


def draw_country(nodes: int = 1_000_000, *, seed: int = SEED) -> Country:
    """Draw a country of about `nodes` nodes (1 % fewer: only its largest connected part)."""
    rng = np.random.default_rng(seed)
    scale = nodes / 1e6
    axes = _HALF_AXES_M * np.sqrt(scale)
    towns = _scatter(rng, int(320 * scale), axes)
    villages = _scatter(rng, int(13_000 * scale), axes)
    places, kind = _place_nodes(rng, nodes, towns, villages, axes)
    web = _triangulate(places)
    keep = web.spanning.copy()
    mark = np.zeros(len(web.length), np.int8)
    linker = _Linker(rng, places, web, mark)
    linker.link(villages, 1, 40e3, 0.25, web.length)
    cost = np.where(mark >= 1, web.length * 0.9, web.length)
    linker.link(towns, 2, 200e3, 0.7, cost)
    cost = np.where(mark >= 2, web.length * 0.8, cost)
    linker.link(towns[:47], 3, 400e3, 0.7, cost)
    linker.link(towns[:10], 4, 900e3, 0.0, np.where(mark >= 3, web.length * 0.8, cost))
    keep |= mark > 0
    _add_streets(rng, web, kind, keep, round(1.25 * nodes))
    return _finish(rng, places, kind, web, keep, mark)


@dataclass(frozen=True, slots=True)
class _Web:
    """All triangulation edges: ends, length, whether Gabriel, whether of the spanning tree."""

    tail: Ints
    head: Ints
    length: Floats
    gabriel: NDArray[np.bool_]
    spanning: NDArray[np.bool_]


def _scatter(rng: np.random.Generator, count: int, axes: Floats) -> Floats:
    radius = np.sqrt(rng.random(count))
    angle = rng.random(count) * 2 * np.pi
    return np.stack([axes[0] * radius * np.cos(angle), axes[1] * radius * np.sin(angle)], axis=1)


def _place_nodes(
    rng: np.random.Generator, nodes: int, towns: Floats, villages: Floats, axes: Floats
) -> tuple[Floats, NDArray[np.int8]]:
    """Nodes around towns, around villages and in the open, along a Z-order curve."""
    people = 1 / np.arange(1, len(towns) + 1) ** 0.8
    people /= people.sum()
    in_town, in_village = int(0.42 * nodes), int(0.43 * nodes)
    which = rng.choice(len(towns), in_town, p=people)
    spread = 700 + 5200 * np.sqrt(people / people.max())
    urban = towns[which] + rng.normal(size=(in_town, 2)) * spread[which, None]
    weight = rng.lognormal(0, 0.7, len(villages))
    which = rng.choice(len(villages), in_village, p=weight / weight.sum())
    noise = rng.normal(size=(in_village, 2))
    rural = villages[which] + noise * (350 + 250 * rng.random((len(villages), 1)))[which]
    open_land = _scatter(rng, nodes - in_town - in_village, axes)
    places = np.concatenate([urban, rural, open_land])
    sizes = [in_town, in_village, len(open_land)]
    kind = np.repeat(np.array([_TOWN, _VILLAGE, _OPEN], np.int8), sizes)
    order = np.argsort(_z_order(places), kind="stable")
    return places[order], kind[order]


def _z_order(places: Floats) -> NDArray[np.uint64]:
    low = places.min(axis=0)
    cells = ((places - low) / (places.max(axis=0) - low) * 65535).astype(np.uint64)
    for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        cells = (cells | (cells << np.uint64(shift))) & np.uint64(mask)
    return np.asarray(cells[:, 0] | (cells[:, 1] << np.uint64(1)))


def _edges_of(triangles: NDArray[Any]) -> Ints:
    corners = triangles.astype(np.int64)
    edges = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]])
    edges.sort(axis=1)
    return edges


def _triangulate(places: Floats) -> _Web:
    n = len(places)
    triangles = Delaunay(places).simplices
    edges = _edges_of(triangles)
    opposite = np.concatenate([triangles[:, 2], triangles[:, 0], triangles[:, 1]])
    middle = (places[edges[:, 0]] + places[edges[:, 1]]) / 2
    radius2 = ((places[edges[:, 0]] - places[edges[:, 1]]) ** 2).sum(axis=1) / 4
    blocked = ((places[opposite] - middle) ** 2).sum(axis=1) < radius2
    keys, entry = np.unique(edges[:, 0] * n + edges[:, 1], return_inverse=True)
    gabriel = np.ones(len(keys), bool)
    gabriel[entry[blocked]] = False
    tail, head = keys // n, keys % n
    length = np.sqrt(((places[tail] - places[head]) ** 2).sum(axis=1))
    tree = minimum_spanning_tree(csr_array((length, (tail, head)), shape=(n, n))).tocoo()
    low, high = np.minimum(tree.row, tree.col), np.maximum(tree.row, tree.col)
    return _Web(tail, head, length, gabriel, np.isin(keys, low.astype(np.int64) * n + high))


class _Linker:
    """Marks the through roads between neighbouring places of one rank."""

    def __init__(
        self, rng: np.random.Generator, places: Floats, web: _Web, mark: NDArray[np.int8]
    ) -> None:
        self._rng, self._mark = rng, mark
        self._nearest = cKDTree(places)
        source = np.concatenate([web.tail, web.head])
        order = np.argsort(source, kind="stable")
        counts = np.bincount(source, minlength=len(places))
        self._first = np.concatenate([[0], np.cumsum(counts)])
        self._neighbour = np.concatenate([web.head, web.tail])[order]
        self._edge = np.tile(np.arange(len(web.tail)), 2)[order]

    def link(
        self, centres: Floats, level: int, farthest: float, extra: float, cost: Floats
    ) -> None:
        """Mark paths along a spanning tree of the centres and a share `extra` of other links."""
        links = self._links(centres, extra)
        nodes = self._nearest.query(centres)[1].astype(np.int64)
        starts, first = np.unique(links[:, 0], return_index=True)
        pairs = (nodes[starts], np.append(first, len(links)), nodes[links[:, 1]])
        graph = (self._first, self._neighbour, self._edge, cost)
        kernels.mark_paths(graph, pairs, farthest, level, self._mark)

    def _links(self, centres: Floats, extra: float) -> Ints:
        n = len(centres)
        links = np.unique(_edges_of(Delaunay(centres).simplices), axis=0)
        length = np.sqrt(((centres[links[:, 0]] - centres[links[:, 1]]) ** 2).sum(axis=1))
        tree = minimum_spanning_tree(
            csr_array((length, (links[:, 0], links[:, 1])), shape=(n, n))
        ).tocoo()
        low, high = np.minimum(tree.row, tree.col), np.maximum(tree.row, tree.col)
        in_tree = np.isin(links[:, 0] * n + links[:, 1], low.astype(np.int64) * n + high)
        drawn = (self._rng.random(len(links)) < extra) & (length < np.quantile(length, 0.8))
        chosen: Ints = links[in_tree | drawn]
        return chosen[np.argsort(chosen[:, 0], kind="stable")]


def _add_streets(
    rng: np.random.Generator,
    web: _Web,
    kind: NDArray[np.int8],
    keep: NDArray[np.bool_],
    wanted: int,
) -> None:
    """Add short Gabriel edges, four times as often in town, until `wanted` are kept."""
    candidates = np.flatnonzero(web.gabriel & ~keep & (web.length < 1500))
    in_town = (kind[web.tail[candidates]] == _TOWN) & (kind[web.head[candidates]] == _TOWN)
    weight = np.where(in_town, 4.0, 1.0)
    missing = min(wanted - int(keep.sum()), len(candidates))
    if missing > 0:
        keep[rng.choice(candidates, missing, replace=False, p=weight / weight.sum())] = True


def _finish(
    rng: np.random.Generator,
    places: Floats,
    kind: NDArray[np.int8],
    web: _Web,
    keep: NDArray[np.bool_],
    mark: NDArray[np.int8],
) -> Country:
    tail, head, level = web.tail[keep], web.head[keep], mark[keep]
    length = np.maximum(web.length[keep] * (1 + rng.gamma(1.2, 0.09, len(tail))), 5.0)
    urban = (kind[tail] == _TOWN) & (kind[head] == _TOWN)
    built_up = (kind[tail] >= _VILLAGE) & (kind[head] >= _VILLAGE)
    speed = np.where(urban, 30.0, np.where(built_up, 35.0, 45.0))
    speed *= rng.choice([0.6, 1, 1, 1.2], len(tail))
    for at, slow, in_town, fast in (
        (1, 45, built_up, 70),
        (2, 50, built_up, 80),
        (3, 55, urban, 90),
    ):
        speed = np.where(level == at, np.where(in_town, slow, fast), speed)
    speed = np.where(level == 4, 120.0, speed)
    one_way = (rng.random(len(tail)) < 0.10) & urban & (level == 0)
    kept = _largest_part(len(places), tail, head, one_way)
    number = np.cumsum(kept) - 1
    inside = kept[tail] & kept[head]
    lat = _MIDDLE[1] + places[kept, 1] / _DEGREE_M
    lon = _MIDDLE[0] + places[kept, 0] / (_DEGREE_M * np.cos(np.radians(_MIDDLE[1])))
    return Country(
        lon=lon,
        lat=lat,
        tail=number[tail[inside]],
        head=number[head[inside]],
        length_m=length[inside],
        speed_kph=speed[inside],
        level=(4 - level[inside]).astype(np.int8),
        one_way=one_way[inside],
    )


def _largest_part(
    nodes: int, tail: Ints, head: Ints, one_way: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    back = ~one_way
    ends = (np.concatenate([tail, head[back]]), np.concatenate([head, tail[back]]))
    links = csr_array((np.ones(len(ends[0])), ends), shape=(nodes, nodes))
    _, part = connected_components(links, directed=True, connection="strong")
    return np.asarray(part == np.bincount(part).argmax())

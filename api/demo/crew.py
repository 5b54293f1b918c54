"""
Synthetic teams and accounts for demonstrations. Nobody here exists.

Three teams for each of the six sectors and for Ilfov start near their base,
drawn by a seeded generator; two more stand in Vaslui and one in Giurgiu, where no
road graph is bundled, so that a time there is an estimate.
"""

import random
from dataclasses import dataclass

from dispatch.roles import Role
from geodata.points import LonLat
from geodata.territories.counties import Counties

SECTORS = ("B1", "B2", "B3", "B4", "B5", "B6")
DEMO_COUNTIES = (*SECTORS, "IF", "VS", "GR")

# Where bases are not the seat: three towns around Bucharest, and the second of Vaslui.
_ILFOV = (LonLat(26.1890, 44.4905), LonLat(25.9700, 44.4600), LonLat(26.1690, 44.3790))
_BARLAD = LonLat(27.6667, 46.2333)
_TEAMS_PER_COUNTY = 3
# About two kilometres: teams are out in their territory, not parked at the door.
_SPREAD_DEG = (0.022, 0.016)


@dataclass(frozen=True, slots=True)
class DemoTeam:
    """A synthetic team and where it stands when the night begins."""

    callsign: str
    county: str
    place: LonLat
    base: LonLat
    staffing: int
    capabilities: tuple[str, ...]
    on_shift: bool


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """A synthetic login; `team` is the callsign a phone belongs to."""

    username: str
    role: Role
    counties: tuple[str, ...]
    team: str | None = None


def synthetic_teams(counties: Counties, *, seed: int) -> tuple[DemoTeam, ...]:
    """Draw the teams around their bases; the same seed gives the same teams."""
    draw = random.Random(seed)  # noqa: S311  # scenery, not a secret
    teams = [
        _team(counties, code, number, draw)
        for code in (*SECTORS, "IF")
        for number in range(1, _TEAMS_PER_COUNTY + 1)
    ]
    seat, giurgiu = counties.get("VS").seat, counties.get("GR").seat
    teams += [
        DemoTeam("VS-1", "VS", seat, seat, 2, ("social_worker",), True),
        DemoTeam("GR-1", "GR", giurgiu, giurgiu, 2, ("social_worker",), True),
        DemoTeam("VS-2", "VS", _BARLAD, _BARLAD, 2, ("social_worker", "psychologist"), True),
    ]
    return tuple(teams)


def _team(counties: Counties, code: str, number: int, draw: random.Random) -> DemoTeam:
    base = _ILFOV[number - 1] if code == "IF" else counties.get(code).seat
    # The third team of each county is short of a person or off shift: the list must say why not.
    complete = number < _TEAMS_PER_COUNTY
    return DemoTeam(
        callsign=f"{code}-{number}",
        county=code,
        place=_near(counties, code, base, draw),
        base=base,
        staffing=draw.choice((2, 3)) if complete else 1 + (code in {"B2", "B5"}),
        capabilities=("social_worker", "psychologist") if number == 1 else ("social_worker",),
        on_shift=complete or code not in {"B2", "B5"},
    )


def _near(counties: Counties, code: str, base: LonLat, draw: random.Random) -> LonLat:
    for _ in range(50):
        place = LonLat(
            base.lon + draw.uniform(-1, 1) * _SPREAD_DEG[0],
            base.lat + draw.uniform(-1, 1) * _SPREAD_DEG[1],
        )
        if counties.find_at(place) == code:
            return place
    return base


def demo_accounts(teams: tuple[DemoTeam, ...]) -> tuple[DemoAccount, ...]:
    """One dispatcher and operator a county, a phone a team, and the national roles."""
    national = tuple(DEMO_COUNTIES)
    return (
        DemoAccount("gateway", Role.OPERATOR, ("*",)),
        DemoAccount("supervisor", Role.SUPERVISOR, ("*",)),
        DemoAccount("planner", Role.PLANNER, ("*",)),
        DemoAccount("administrator", Role.ADMINISTRATOR, ("*",)),
        *(DemoAccount(f"dispatcher-{c.lower()}", Role.DISPATCHER, (c,)) for c in national),
        *(DemoAccount(f"operator-{c.lower()}", Role.OPERATOR, (c,)) for c in ("B2", "IF")),
        *(
            DemoAccount(f"team-{t.callsign.lower()}", Role.TEAM, (t.county,), t.callsign)
            for t in teams
        ),
    )

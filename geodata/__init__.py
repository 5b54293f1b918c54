"""The ground: places, areas, counties, people and roads. Knows no call, no team, no web."""

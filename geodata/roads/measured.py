"""
What was measured of driving in Bucharest: hours, belts, fixed seconds and how sure they are.

time = `START_S` + (free flow of each piece × factor of its belt) / factor of the hour, with
free flow by the class speeds of `geodata.roads.speeds`.
On rides not used for the fit the median error is 14.0 to 14.5 % (18.2 % with hours
alone), without a bias at any length.

Source: `bucharest_time_model.csv` of the project's source data (aggregates only), read on
2026-11-28. It gives no number of rides for an hour; those here are of
`bucharest_hour_factors.csv`, which has the same hours and rests on 877 car rides from
February to July 2026.
"""

from geodata.roads.belts import Belt
from geodata.roads.pace import Lateness

START_S = 55.0
"""
Fixed seconds of a drive, from 1,682 drives of one driver to a pick-up place.

With passengers, who get in and out, it was 105; a team that hurries is like the former.
"""

BELTS = (Belt(2000.0, 1.95), Belt(4500.0, 1.48), Belt(7500.0, 1.36))

HOURS = (
    (0, 5, 0.94, 112),
    (6, 9, 0.58, 19),
    (10, 13, 0.55, 50),
    (14, 17, 0.53, 105),
    (18, 19, 0.65, 174),
    (20, 21, 0.75, 212),
    (22, 23, 0.89, 205),
)
"""First and last local hour, free flow / real time, rides."""

LATE = (Lateness(300.0, 1.65), Lateness(None, 1.5))
"""
An assumption until a refit measures it: the source has the median error alone.

A half of the errors under 14.25 % means, with the long tail of a Laplace distribution, that
one prediction in ten is under 67 % of the time driven, which is 1.5 times the prediction.
Short drives get more: their fixed seconds alone were 55 with one kind of ride and 105 with
another.
"""

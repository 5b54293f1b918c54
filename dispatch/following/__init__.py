"""What follows when a team has moved or the road times have changed: arrivals and ETAs."""

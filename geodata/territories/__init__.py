"""The 47 counties, their localities, and the exact share of an area in each."""

"""OpenStreetMap in: from its files and graphs to a network a car can drive."""

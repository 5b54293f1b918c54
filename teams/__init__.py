"""Who can go: mobile teams, where they are, what they are doing."""

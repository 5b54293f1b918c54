"""How a change reaches an open page: the database's notices, the hub, the map's snapshot."""

"""How many statements the busiest requests send: each costs server, database and a way between."""

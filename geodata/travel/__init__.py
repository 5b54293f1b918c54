"""How long drives take at which hour, and what is reached in a time."""

"""The door: HTTP, the command line, settings and the wiring of all the rest."""

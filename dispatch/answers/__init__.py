"""The documented JSON of locations, beliefs and recommendations; its names stand here alone."""

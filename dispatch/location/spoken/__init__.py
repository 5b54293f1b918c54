"""Places in the caller's own words, Romanian as it is spoken and written in a hurry."""

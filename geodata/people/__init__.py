"""Where people live, and where callers may be before anything is heard."""

"""The SQL of dispatch, one file per thing; every query sees only what its scope allows."""

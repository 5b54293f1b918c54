"""The database schema, one step per file, applied by ``dispatch119 db migrate``."""

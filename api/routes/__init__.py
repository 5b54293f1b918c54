"""Routes: parse, call one use case, serialise. Each file is one resource."""

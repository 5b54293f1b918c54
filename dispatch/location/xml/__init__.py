"""XML from strangers: read without entities, its names compared by namespace."""

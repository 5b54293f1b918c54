"""Serving cells, and the table that says where they are."""

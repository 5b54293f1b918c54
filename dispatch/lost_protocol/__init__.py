"""A LoST server (RFC 5222): which directorate serves a place; XML in, XML out, no network."""

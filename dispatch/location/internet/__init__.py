"""Locations as the Internet's protocols carry them: PIDF-LO, HELD, SIP bodies and geo: URIs."""

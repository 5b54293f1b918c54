"""Advanced Mobile Location: a phone says where it is, by SMS or form (ETSI TS 103 625)."""

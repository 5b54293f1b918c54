"""Geographical Area Description: the octets of the core network (3GPP TS 23.032)."""

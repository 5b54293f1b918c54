"""Hands an incident over to 112 and drafts the missing-child alert; itself it sends nothing."""

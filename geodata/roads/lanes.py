"""How many labels climb side by side."""

LANES = 16
"""Places whose labels climb side by side: two or four vector registers of most processors."""

"""
The compiled reference geography: who made it, how to rebuild it, how to check it.

`files` reads it, `manifest` verifies it against its checksums, `build` compiles it
from the source data. Everything in `data/` is plain text, sorted and without
timestamps, so the same input gives the same bytes on every machine.
"""

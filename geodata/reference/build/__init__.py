"""
Compile the reference geography from the source data: `build_reference(source, target)`.

Same input, same bytes: rows are sorted, numbers rounded to a stated precision,
and nothing carries a time of day.
"""

from geodata.reference.build.compile import build_reference

__all__ = ["build_reference"]

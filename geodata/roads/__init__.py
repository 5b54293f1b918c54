"""Roads: from an OpenStreetMap file to exact travel times on a compiled index."""

"""Areas in which a caller may be: their shapes, their confidence, what they have in common."""

"""Which team goes: who can, how long each drives, in which order and why."""

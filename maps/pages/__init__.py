"""The pages: one frame, what each of them puts into it, and the files they need."""

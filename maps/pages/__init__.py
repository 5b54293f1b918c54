"""The pages: one shell, what each of them puts into it, and the files they need."""

"""Which county owns a call, with its probability and the reason."""

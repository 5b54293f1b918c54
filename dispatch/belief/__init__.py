"""Where the caller is by all reports of a call together: messages read, fused, doubted, told."""

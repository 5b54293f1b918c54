"""Who may come in and what they may do: sessions, permissions, the brake on password guessing."""

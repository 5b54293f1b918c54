"""Closures of roads as people record them: the table, what may be drawn, what is in force."""

"""The compiled road index leaves and comes back: its files, its generations, who follows it."""

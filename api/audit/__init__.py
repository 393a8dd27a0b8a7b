"""Who did what, append only."""

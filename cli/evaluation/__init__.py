"""How well the two readings do on messages that somebody labelled."""

"""Turns the content library into words for a channel and an audience."""

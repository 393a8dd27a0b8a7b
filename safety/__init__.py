"""Reads danger in a message: rules first; a learned second reader may only raise a level."""

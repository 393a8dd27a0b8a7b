"""The doors a person comes through."""

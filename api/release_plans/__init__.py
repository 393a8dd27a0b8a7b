"""The plan around a release date."""

"""Publish and subscribe: in process, or through Redis."""

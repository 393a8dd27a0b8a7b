"""Copy and erasure, across every room."""

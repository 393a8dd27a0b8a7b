"""Tests mirror the rooms; journeys run the whole."""

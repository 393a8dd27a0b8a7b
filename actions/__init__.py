"""Rasa custom actions, a module a topic."""

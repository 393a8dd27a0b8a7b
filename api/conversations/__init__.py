"""Conversations, their messages and facts, who owns them, and the question that is open."""

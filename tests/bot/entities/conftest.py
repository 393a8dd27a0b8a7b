"""Rasa without TensorFlow, before a test module imports anything of it."""

import bot.lean_rasa  # noqa: F401

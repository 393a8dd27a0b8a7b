"""The front door, the queue and the console, on FastAPI."""

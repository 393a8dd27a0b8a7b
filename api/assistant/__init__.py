"""The client of the Rasa server, and what is said when it doesn't answer."""

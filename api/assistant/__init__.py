"""The client of the Rasa server, and what is said when it does not answer."""

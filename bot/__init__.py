"""The Rasa assistant: NLU components, channel, tracker store, response rendering."""

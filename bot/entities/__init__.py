"""What a message mentions: drugs, places, prisons, people, days, amounts. Pure; knows nothing of Rasa."""

"""Emergency steps and safety questions, whoever owns the conversation; needs no Rasa."""

"""Emergency steps and safety questions, whoever owns the conversation."""

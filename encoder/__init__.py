"""Turns sentences into vectors with MiniLM weights on CTranslate2."""

"""Texts through Twilio: webhooks in, messages out."""

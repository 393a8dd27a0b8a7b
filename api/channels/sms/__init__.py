"""Twilio: webhooks in, messages out."""

"""A stand-in for Twilio's servers, for development and tests: `TwilioStandIn`, or `python -m twilio_stand_in`."""

from twilio_stand_in.faults import Faults
from twilio_stand_in.messages import Message
from twilio_stand_in.stand_in import TwilioStandIn

__all__ = ["Faults", "Message", "TwilioStandIn"]

"""What people chose where the assistant was not sure, remembered for those who teach it."""

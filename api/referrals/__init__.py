"""The lane for police, ambulance, fire and prison staff: a family they met is rung by a helpline officer."""

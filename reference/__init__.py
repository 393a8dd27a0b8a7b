"""Places, services, throughcare rules and the clock: facts read from data/, asked by everyone."""

"""The queue: transitions, priority, leases and the brief."""

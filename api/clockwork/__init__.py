"""What happens because time has passed, and the work that nobody waits for."""

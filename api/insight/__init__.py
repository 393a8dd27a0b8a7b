"""Reports: how the service stands now, and how it went over time. Counts only; nobody can be found in them."""

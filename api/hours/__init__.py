"""When officers answer, and the times at which somebody can be rung back."""

"""`gateside content check`: everything that a text must be before it may be said to anybody."""

from cli.content_checks.everything import check
from cli.content_checks.problem import Problem

__all__ = ["Problem", "check"]

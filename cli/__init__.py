"""The gateside command, a module a family of commands."""

"""`python -m cli` is the same as `gateside`."""

from cli.main import app

app()

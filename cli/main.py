"""The `gateside` command: what every family of commands adds to it."""

from __future__ import annotations

import importlib

import typer

FAMILIES = (
    "up",
    "train",
    "safety",
    "understand",
    "evaluate",
    "content",
    "services",
    "staff",
    "referrals",
    "queue",
    "sms",
    "bench",
)
"""Modules of this package; each offers `register(app)`."""

app = typer.Typer(
    name="gateside",
    help="Gateside: the front door of a helpline, open all night.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

for family in FAMILIES:
    importlib.import_module(f"cli.{family}").register(app)

"""Accounts, sign-in, permissions and presence."""

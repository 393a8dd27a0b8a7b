"""Webchat over WebSocket, with plain HTTP beneath it."""

"""Webchat over WebSocket, with plain HTTP beneath it; the public pages and the embed."""

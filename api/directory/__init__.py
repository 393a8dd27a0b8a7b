"""Services and drop-ins, over HTTP."""

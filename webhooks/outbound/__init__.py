"""Alerts on their way out: signed, guarded, tried again until they arrive."""

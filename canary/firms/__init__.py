"""Firms, their datasets and copies, and the keys that decide who sees what."""

"""Leaks: the case opened for a copy, what moved it, and what people said of it."""

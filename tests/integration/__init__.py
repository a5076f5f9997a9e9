"""Real databases, both of them."""

"""One module each: no network, no database."""

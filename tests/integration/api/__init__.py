"""The API over real HTTP on loopback, on both databases."""

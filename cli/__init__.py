"""The command line: Typer and rich in front of the API."""

"""Everything HTTP: carriers coming in, alerts going out, the API and the console."""

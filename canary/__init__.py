"""The domain of canary records: decoys, lines, contacts, leaks; no web framework, no terminal."""

"""``python -m cli`` is ``canary``."""

from cli.main import run

run()

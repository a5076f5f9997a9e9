"""What Alembic runs for each command; the connection comes from ``canary.schema``.

No logging is configured here: that is for the program that upgrades.
"""

from typing import Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext

from canary.tables import metadata


def _plain_type(kind: str, rendered: object, _autogen: AutogenContext) -> str | Literal[False]:
    """Render a type of our own as the plain one below it, so that migrations import nothing."""
    if kind == "type" and isinstance(rendered, sa.types.TypeDecorator):
        return f"sa.{rendered.impl!r}"
    return False


def _migrate(connection: sa.Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_item=_plain_type,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


def _run() -> None:
    given = context.config.attributes["connection"]
    if isinstance(given, sa.Engine):
        with given.connect() as connection:
            _migrate(connection)
    else:
        _migrate(given)


_run()

<%!
def plain(commands):
    """Leave out the remarks that Alembic puts around what it drafted."""
    lines = (commands or "pass").splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith("# ###"))
%>\
"""${message[:1].upper() + message[1:]}."""

import sqlalchemy as sa
from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:  # noqa: PLR0915  drafted: a statement for each table and index
    """Go to this revision."""
    ${plain(upgrades).lstrip()}


def downgrade() -> None:  # noqa: PLR0915  the same, backwards
    """Go back to the one before."""
    ${plain(downgrades).lstrip()}

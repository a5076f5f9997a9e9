"""Lines that firms share, nested copies, heartbeats and recordings."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "nonce",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_nonce")),
    )
    with op.batch_alter_table("nonce", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_nonce_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "recording",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("carrier", sa.String(length=32), nullable=False),
        sa.Column("external_id", sa.String(length=128), nullable=False),
        sa.Column("call_id", sa.String(length=128), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration_s", sa.Integer(), nullable=True),
        sa.Column("url", sa.LargeBinary(), nullable=True),
        sa.Column("media_type", sa.String(length=100), nullable=True),
        sa.Column("media", sa.LargeBinary(), nullable=True),
        sa.Column("transcript", sa.LargeBinary(), nullable=True),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failure", sa.String(length=500), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_by", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording")),
        sa.UniqueConstraint(
            "carrier", "external_id", name=op.f("uq_recording_carrier_external_id")
        ),
    )
    with op.batch_alter_table("recording", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recording_call_id"), ["call_id"], unique=False)
        batch_op.create_index("ix_recording_due", ["due_at"], unique=False)

    op.create_table(
        "beat",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("line_id", sa.String(length=64), nullable=False),
        sa.Column("sender_line_id", sa.String(length=64), nullable=False),
        sa.Column("word_index", sa.LargeBinary(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_beat_line_id_line")),
        sa.ForeignKeyConstraint(
            ["sender_line_id"], ["line.id"], name=op.f("fk_beat_sender_line_id_line")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_beat")),
        sa.UniqueConstraint("word_index", name=op.f("uq_beat_word_index")),
    )
    with op.batch_alter_table("beat", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_beat_line_id"), ["line_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_beat_sender_line_id"), ["sender_line_id"], unique=False
        )

    op.create_table(
        "exposure",
        sa.Column("copy_id", sa.String(length=64), nullable=False),
        sa.Column("decoy_id", sa.String(length=64), nullable=False),
        sa.Column("planted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["copy_id"], ["copy.id"], name=op.f("fk_exposure_copy_id_copy")),
        sa.ForeignKeyConstraint(
            ["decoy_id"], ["decoy.id"], name=op.f("fk_exposure_decoy_id_decoy")
        ),
        sa.PrimaryKeyConstraint("copy_id", "decoy_id", name=op.f("pk_exposure")),
    )
    with op.batch_alter_table("exposure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_exposure_decoy_id"), ["decoy_id"], unique=False)

    with op.batch_alter_table("copy", schema=None) as batch_op:
        batch_op.add_column(sa.Column("stirred", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("settled", sa.Integer(), nullable=False, server_default="0"))

    with op.batch_alter_table("lease", schema=None) as batch_op:
        batch_op.add_column(sa.Column("firm_id", sa.String(length=64), nullable=True))
        batch_op.drop_index(
            batch_op.f("uq_lease_open_line"), sqlite_where=sa.text("released_at IS NULL")
        )
    op.execute(
        "UPDATE lease SET firm_id = (SELECT dataset.firm_id FROM copy JOIN dataset "
        "ON dataset.id = copy.dataset_id WHERE copy.id = lease.copy_id)"
    )
    with op.batch_alter_table("lease", schema=None) as batch_op:
        batch_op.alter_column("firm_id", existing_type=sa.String(length=64), nullable=False)
        batch_op.create_index(
            "uq_lease_open_line_firm",
            ["line_id", "firm_id"],
            unique=True,
            sqlite_where=sa.text("released_at IS NULL"),
            postgresql_where=sa.text("released_at IS NULL"),
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_lease_firm_id_firm"), "firm", ["firm_id"], ["id"]
        )

    with op.batch_alter_table("line", schema=None) as batch_op:
        batch_op.add_column(sa.Column("beat_due_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("beats_missed", sa.Integer(), nullable=False, server_default="0")
        )
        batch_op.add_column(
            sa.Column("reconcile_due_at", sa.DateTime(timezone=True), nullable=True)
        )
        batch_op.add_column(sa.Column("reconciled_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("claimed_by", sa.String(length=64), nullable=True))
        batch_op.create_index("ix_line_beat_due", ["beat_due_at"], unique=False)
        batch_op.create_index("ix_line_reconcile_due", ["reconcile_due_at"], unique=False)


def downgrade() -> None:
    """Go back to the one before."""
    with op.batch_alter_table("line", schema=None) as batch_op:
        batch_op.drop_index("ix_line_reconcile_due")
        batch_op.drop_index("ix_line_beat_due")
        batch_op.drop_column("claimed_by")
        batch_op.drop_column("claimed_until")
        batch_op.drop_column("reconciled_at")
        batch_op.drop_column("reconcile_due_at")
        batch_op.drop_column("beats_missed")
        batch_op.drop_column("beat_due_at")

    with op.batch_alter_table("lease", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_lease_firm_id_firm"), type_="foreignkey")
        batch_op.drop_index(
            "uq_lease_open_line_firm",
            sqlite_where=sa.text("released_at IS NULL"),
            postgresql_where=sa.text("released_at IS NULL"),
        )
        batch_op.create_index(
            batch_op.f("uq_lease_open_line"),
            ["line_id"],
            unique=True,
            postgresql_where=sa.text("released_at IS NULL"),
            sqlite_where=sa.text("released_at IS NULL"),
        )
        batch_op.drop_column("firm_id")

    with op.batch_alter_table("copy", schema=None) as batch_op:
        batch_op.drop_column("settled")
        batch_op.drop_column("stirred")

    with op.batch_alter_table("exposure", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_exposure_decoy_id"))

    op.drop_table("exposure")
    with op.batch_alter_table("beat", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_beat_sender_line_id"))
        batch_op.drop_index(batch_op.f("ix_beat_line_id"))

    op.drop_table("beat")
    with op.batch_alter_table("recording", schema=None) as batch_op:
        batch_op.drop_index("ix_recording_due")
        batch_op.drop_index(batch_op.f("ix_recording_call_id"))

    op.drop_table("recording")
    with op.batch_alter_table("nonce", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_nonce_expires_at"))

    op.drop_table("nonce")

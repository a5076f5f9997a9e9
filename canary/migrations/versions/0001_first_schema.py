"""First schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:  # noqa: PLR0915  drafted: a statement for each table and index
    """Go to this revision."""
    op.create_table(
        "firm",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sector", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firm")),
        sa.UniqueConstraint("name", name=op.f("uq_firm_name")),
    )
    op.create_table(
        "line",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("number_index", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=False),
        sa.Column("block_index", sa.LargeBinary(), nullable=False),
        sa.Column("region", sa.String(length=8), nullable=False),
        sa.Column("carrier", sa.String(length=32), nullable=False),
        sa.Column("carrier_ref", sa.String(length=100), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("acquired_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line")),
        sa.UniqueConstraint("number_index", name=op.f("uq_line_number_index")),
    )
    with op.batch_alter_table("line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_line_block_index"), ["block_index"], unique=False)
        batch_op.create_index("ix_line_free", ["state", "region", "number_index"], unique=False)

    op.create_table(
        "replay",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("request", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_replay")),
    )
    op.create_table(
        "api_key",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("prefix", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("scope", sa.String(length=32), nullable=False),
        sa.Column("firm_id", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_api_key_firm_id_firm")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("prefix", name=op.f("uq_api_key_prefix")),
    )
    with op.batch_alter_table("api_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_key_firm_id"), ["firm_id"], unique=False)

    op.create_table(
        "contact",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("carrier", sa.String(length=32), nullable=False),
        sa.Column("external_id", sa.String(length=128), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("line_id", sa.String(length=64), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("caller", sa.LargeBinary(), nullable=True),
        sa.Column("caller_index", sa.LargeBinary(), nullable=True),
        sa.Column("shared_caller", sa.Boolean(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("content_index", sa.LargeBinary(), nullable=True),
        sa.Column("verification", sa.String(length=64), nullable=True),
        sa.Column("call_status", sa.String(length=32), nullable=True),
        sa.Column("call_status_seq", sa.Integer(), nullable=False),
        sa.Column("duration_s", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_contact_line_id_line")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sa.UniqueConstraint("carrier", "external_id", name=op.f("uq_contact_carrier_external_id")),
    )
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.create_index("ix_contact_caller_index", ["caller_index", "at"], unique=False)
        batch_op.create_index("ix_contact_content_index", ["content_index"], unique=False)
        batch_op.create_index("ix_contact_line_id_at", ["line_id", "at"], unique=False)

    op.create_table(
        "dataset",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("firm_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_dataset_firm_id_firm")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dataset")),
        sa.UniqueConstraint("firm_id", "name", name=op.f("uq_dataset_firm_id_name")),
    )
    with op.batch_alter_table("dataset", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dataset_firm_id"), ["firm_id"], unique=False)

    op.create_table(
        "endpoint",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("firm_id", sa.String(length=64), nullable=False),
        sa.Column("url", sa.LargeBinary(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("format", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_endpoint_firm_id_firm")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endpoint")),
    )
    with op.batch_alter_table("endpoint", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_endpoint_firm_id"), ["firm_id"], unique=False)

    op.create_table(
        "copy",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("dataset_id", sa.String(length=64), nullable=False),
        sa.Column("recipient", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_seq", sa.Integer(), nullable=False),
        sa.Column("rests_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_by", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["dataset.id"], name=op.f("fk_copy_dataset_id_dataset")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_copy")),
        sa.UniqueConstraint("dataset_id", "recipient", name=op.f("uq_copy_dataset_id_recipient")),
    )
    with op.batch_alter_table("copy", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_copy_dataset_id"), ["dataset_id"], unique=False)
        batch_op.create_index(
            "ix_copy_due", ["due_at"], unique=False, sqlite_where=sa.text("due_at IS NOT NULL")
        )

    op.create_table(
        "sender",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("dataset_id", sa.String(length=64), nullable=False),
        sa.Column("number_index", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["dataset.id"], name=op.f("fk_sender_dataset_id_dataset")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sender")),
        sa.UniqueConstraint(
            "dataset_id", "number_index", name=op.f("uq_sender_dataset_id_number_index")
        ),
    )
    with op.batch_alter_table("sender", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sender_dataset_id"), ["dataset_id"], unique=False)

    op.create_table(
        "leak",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("copy_id", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("probability", sa.Float(), nullable=False),
        sa.Column("log_bayes_factor", sa.Float(), nullable=False),
        sa.Column("leaked_best", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leaked_lo", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leaked_hi", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_contact_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suspected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_width_s", sa.Float(), nullable=True),
        sa.Column("told_decoys", sa.Integer(), nullable=False),
        sa.Column("contacts", sa.Integer(), nullable=False),
        sa.Column("decoys_contacted", sa.Integer(), nullable=False),
        sa.Column("decoys_exposed", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["copy_id"], ["copy.id"], name=op.f("fk_leak_copy_id_copy")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leak")),
    )
    with op.batch_alter_table("leak", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_leak_copy_id"), ["copy_id"], unique=False)

    op.create_table(
        "seeding",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("copy_id", sa.String(length=64), nullable=False),
        sa.Column("planted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decoys", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["copy_id"], ["copy.id"], name=op.f("fk_seeding_copy_id_copy")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seeding")),
    )
    with op.batch_alter_table("seeding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seeding_copy_id"), ["copy_id"], unique=False)

    op.create_table(
        "weight",
        sa.Column("copy_id", sa.String(length=64), nullable=False),
        sa.Column("contact_id", sa.String(length=64), nullable=False),
        sa.Column("probability", sa.Float(), nullable=False),
        sa.Column("campaign", sa.String(length=64), nullable=True),
        sa.Column("benign", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_weight_contact_id_contact")
        ),
        sa.ForeignKeyConstraint(["copy_id"], ["copy.id"], name=op.f("fk_weight_copy_id_copy")),
        sa.PrimaryKeyConstraint("copy_id", "contact_id", name=op.f("pk_weight")),
    )
    with op.batch_alter_table("weight", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_weight_contact_id"), ["contact_id"], unique=False)

    op.create_table(
        "alert",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("firm_id", sa.String(length=64), nullable=False),
        sa.Column("leak_id", sa.String(length=64), nullable=True),
        sa.Column("type", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_alert_firm_id_firm")),
        sa.ForeignKeyConstraint(["leak_id"], ["leak.id"], name=op.f("fk_alert_leak_id_leak")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
    )
    with op.batch_alter_table("alert", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alert_firm_id"), ["firm_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_alert_leak_id"), ["leak_id"], unique=False)

    op.create_table(
        "decoy",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("seeding_id", sa.String(length=64), nullable=False),
        sa.Column("copy_id", sa.String(length=64), nullable=False),
        sa.Column("line_id", sa.String(length=64), nullable=False),
        sa.Column("persona", sa.LargeBinary(), nullable=False),
        sa.Column("name_index", sa.LargeBinary(), nullable=False),
        sa.Column("email_index", sa.LargeBinary(), nullable=False),
        sa.Column("planted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["copy_id"], ["copy.id"], name=op.f("fk_decoy_copy_id_copy")),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_decoy_line_id_line")),
        sa.ForeignKeyConstraint(
            ["seeding_id"], ["seeding.id"], name=op.f("fk_decoy_seeding_id_seeding")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decoy")),
        sa.UniqueConstraint("email_index", name=op.f("uq_decoy_email_index")),
    )
    with op.batch_alter_table("decoy", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decoy_copy_id"), ["copy_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_decoy_line_id"), ["line_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_decoy_name_index"), ["name_index"], unique=False)
        batch_op.create_index(batch_op.f("ix_decoy_seeding_id"), ["seeding_id"], unique=False)

    op.create_table(
        "leak_change",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("leak_id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("probability", sa.Float(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("actor", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["leak_id"], ["leak.id"], name=op.f("fk_leak_change_leak_id_leak")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leak_change")),
    )
    with op.batch_alter_table("leak_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_leak_change_leak_id"), ["leak_id"], unique=False)

    op.create_table(
        "delivery",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("alert_id", sa.String(length=64), nullable=False),
        sa.Column("endpoint_id", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_by", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alert.id"], name=op.f("fk_delivery_alert_id_alert")
        ),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["endpoint.id"], name=op.f("fk_delivery_endpoint_id_endpoint")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint(
            "alert_id", "endpoint_id", name=op.f("uq_delivery_alert_id_endpoint_id")
        ),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index("ix_delivery_due", ["due_at"], unique=False)
        batch_op.create_index("ix_delivery_endpoint_due", ["endpoint_id", "due_at"], unique=False)

    op.create_table(
        "lease",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("line_id", sa.String(length=64), nullable=False),
        sa.Column("decoy_id", sa.String(length=64), nullable=False),
        sa.Column("copy_id", sa.String(length=64), nullable=False),
        sa.Column("leased_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["copy_id"], ["copy.id"], name=op.f("fk_lease_copy_id_copy")),
        sa.ForeignKeyConstraint(["decoy_id"], ["decoy.id"], name=op.f("fk_lease_decoy_id_decoy")),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_lease_line_id_line")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lease")),
    )
    with op.batch_alter_table("lease", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lease_copy_id"), ["copy_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lease_decoy_id"), ["decoy_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lease_line_id"), ["line_id"], unique=False)
        batch_op.create_index(
            "uq_lease_open_line",
            ["line_id"],
            unique=True,
            sqlite_where=sa.text("released_at IS NULL"),
            postgresql_where=sa.text("released_at IS NULL"),
        )

    op.create_table(
        "attempt",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("delivery_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("status_code", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name=op.f("fk_attempt_delivery_id_delivery")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
    )
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attempt_delivery_id"), ["delivery_id"], unique=False)


def downgrade() -> None:  # noqa: PLR0915  the same, backwards
    """Go back to the one before."""
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attempt_delivery_id"))

    op.drop_table("attempt")
    with op.batch_alter_table("lease", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_lease_open_line",
            sqlite_where=sa.text("released_at IS NULL"),
            postgresql_where=sa.text("released_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_lease_line_id"))
        batch_op.drop_index(batch_op.f("ix_lease_decoy_id"))
        batch_op.drop_index(batch_op.f("ix_lease_copy_id"))

    op.drop_table("lease")
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index("ix_delivery_endpoint_due")
        batch_op.drop_index("ix_delivery_due")

    op.drop_table("delivery")
    with op.batch_alter_table("leak_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_leak_change_leak_id"))

    op.drop_table("leak_change")
    with op.batch_alter_table("decoy", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_decoy_seeding_id"))
        batch_op.drop_index(batch_op.f("ix_decoy_name_index"))
        batch_op.drop_index(batch_op.f("ix_decoy_line_id"))
        batch_op.drop_index(batch_op.f("ix_decoy_copy_id"))

    op.drop_table("decoy")
    with op.batch_alter_table("alert", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_alert_leak_id"))
        batch_op.drop_index(batch_op.f("ix_alert_firm_id"))

    op.drop_table("alert")
    with op.batch_alter_table("weight", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_weight_contact_id"))

    op.drop_table("weight")
    with op.batch_alter_table("seeding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_seeding_copy_id"))

    op.drop_table("seeding")
    with op.batch_alter_table("leak", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_leak_copy_id"))

    op.drop_table("leak")
    with op.batch_alter_table("sender", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sender_dataset_id"))

    op.drop_table("sender")
    with op.batch_alter_table("copy", schema=None) as batch_op:
        batch_op.drop_index("ix_copy_due", sqlite_where=sa.text("due_at IS NOT NULL"))
        batch_op.drop_index(batch_op.f("ix_copy_dataset_id"))

    op.drop_table("copy")
    with op.batch_alter_table("endpoint", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_endpoint_firm_id"))

    op.drop_table("endpoint")
    with op.batch_alter_table("dataset", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dataset_firm_id"))

    op.drop_table("dataset")
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.drop_index("ix_contact_line_id_at")
        batch_op.drop_index("ix_contact_content_index")
        batch_op.drop_index("ix_contact_caller_index")

    op.drop_table("contact")
    with op.batch_alter_table("api_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_key_firm_id"))

    op.drop_table("api_key")
    op.drop_table("replay")
    with op.batch_alter_table("line", schema=None) as batch_op:
        batch_op.drop_index("ix_line_free")
        batch_op.drop_index(batch_op.f("ix_line_block_index"))

    op.drop_table("line")
    op.drop_table("firm")

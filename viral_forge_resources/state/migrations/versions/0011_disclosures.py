"""What viewers are told about posts, who wrote their words, and channels that stopped posting."""

from alembic import op
import sqlalchemy as sa

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("publications", sa.Column("written_by", sa.Text()))
    op.add_column("publications", sa.Column("disclosure", sa.JSON()))
    op.create_table(
        "disclosure_changes",
        sa.Column("disclosure_change_id", _SERIAL, nullable=False),
        sa.Column("content_sha256", sa.String(64), nullable=False),
        sa.Column("publication_id", sa.String(64)),
        sa.Column("flag", sa.String(20), nullable=False),
        sa.Column("is_told", sa.Boolean(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", _MOMENT, nullable=False),
        sa.Column("why", sa.Text()),
        sa.CheckConstraint(
            "flag IN ('synthetic', 'paid', 'made_for_kids')",
            name=op.f("ck_disclosure_changes_flag"),
        ),
        sa.CheckConstraint(
            "is_told OR why IS NOT NULL", name=op.f("ck_disclosure_changes_removal_has_a_reason")
        ),
        sa.PrimaryKeyConstraint("disclosure_change_id", name=op.f("pk_disclosure_changes")),
    )
    op.create_index(
        op.f("ix_disclosure_changes_content_sha256"), "disclosure_changes", ["content_sha256"]
    )
    op.create_table(
        "channel_halts",
        sa.Column("channel_halt_id", _SERIAL, nullable=False),
        sa.Column("channel_id", sa.String(200), nullable=False),
        sa.Column("halted_at", _MOMENT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("publication_id", sa.String(64), nullable=False),
        sa.Column("resumed_at", _MOMENT),
        sa.Column("resumed_by", sa.Text()),
        sa.Column("note", sa.Text()),
        sa.CheckConstraint(
            "(resumed_at IS NULL) = (note IS NULL)", name=op.f("ck_channel_halts_resumed_with_note")
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"],
            ["channels.channel_id"],
            name=op.f("fk_channel_halts_channel_id_channels"),
        ),
        sa.PrimaryKeyConstraint("channel_halt_id", name=op.f("pk_channel_halts")),
    )
    op.create_index(
        "uq_channel_halts_open",
        "channel_halts",
        ["channel_id"],
        unique=True,
        sqlite_where=sa.text("resumed_at IS NULL"),
        postgresql_where=sa.text("resumed_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("channel_halts")
    op.drop_table("disclosure_changes")
    with op.batch_alter_table("publications") as table:
        table.drop_column("disclosure")
        table.drop_column("written_by")

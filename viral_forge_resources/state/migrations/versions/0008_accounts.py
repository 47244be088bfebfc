"""Accounts: their tokens, sealed; logins that wait for an answer; channels that were removed."""

from alembic import op
import sqlalchemy as sa

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("channels") as batch:
        batch.add_column(sa.Column("removed_at", _MOMENT))
    op.create_table(
        "oauth_tokens",
        sa.Column("channel_id", sa.String(200), nullable=False),
        sa.Column("platform", sa.String(20), nullable=False),
        sa.Column("account_id", sa.String(200), nullable=False),
        sa.Column("account_name", sa.Text(), nullable=False),
        sa.Column("grantor_id", sa.String(200), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("missing_scopes", sa.JSON(), nullable=False),
        sa.Column("connected_at", _MOMENT, nullable=False),
        sa.Column("issued_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT),
        sa.Column("refresh_expires_at", _MOMENT),
        sa.Column("has_refresh_token", sa.Boolean(), nullable=False),
        sa.Column("refreshing_since", _MOMENT),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("key_id", sa.String(8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('connected', 'reauthorise')", name=op.f("ck_oauth_tokens_state")
        ),
        sa.CheckConstraint(
            "state = 'connected' OR reason IS NOT NULL",
            name=op.f("ck_oauth_tokens_ended_has_a_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"],
            ["channels.channel_id"],
            name=op.f("fk_oauth_tokens_channel_id_channels"),
        ),
        sa.PrimaryKeyConstraint("channel_id", name=op.f("pk_oauth_tokens")),
        sa.UniqueConstraint(
            "platform", "account_id", name=op.f("uq_oauth_tokens_platform_account_id")
        ),
    )
    op.create_table(
        "pending_logins",
        sa.Column("state_sha256", sa.String(64), nullable=False),
        sa.Column("channel_id", sa.String(200), nullable=False),
        sa.Column("publisher", sa.String(40), nullable=False),
        sa.Column("name", sa.String(150), nullable=False),
        sa.Column("niche", sa.String(40), nullable=False),
        sa.Column("redirect_uri", sa.Text(), nullable=False),
        sa.Column("browser_sha256", sa.String(64)),
        sa.Column("account_id", sa.String(200)),
        sa.Column("is_replacing", sa.Boolean(), nullable=False),
        sa.Column("started_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("key_id", sa.String(8), nullable=False),
        sa.PrimaryKeyConstraint("state_sha256", name=op.f("pk_pending_logins")),
    )
    op.create_index(op.f("ix_pending_logins_expires_at"), "pending_logins", ["expires_at"])


def downgrade() -> None:
    op.drop_table("pending_logins")
    op.drop_table("oauth_tokens")
    with op.batch_alter_table("channels") as batch:
        batch.drop_column("removed_at")

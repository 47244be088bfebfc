"""Every call: allowances without a limit, and buckets named as models are."""

from alembic import op
import sqlalchemy as sa

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("quota_ledger") as batch:
        batch.alter_column("limit", existing_type=sa.BigInteger(), nullable=True)
        batch.alter_column(
            "bucket",
            existing_type=sa.String(40),
            type_=sa.String(200),
            existing_nullable=False,
        )


def downgrade() -> None:
    op.execute(sa.text('DELETE FROM quota_ledger WHERE "limit" IS NULL OR length(bucket) > 40'))
    with op.batch_alter_table("quota_ledger") as batch:
        batch.alter_column(
            "bucket",
            existing_type=sa.String(200),
            type_=sa.String(40),
            existing_nullable=False,
        )
        batch.alter_column("limit", existing_type=sa.BigInteger(), nullable=False)

"""Clips: what each holds of others besides its source."""

from alembic import op
import sqlalchemy as sa

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("clips") as batch:
        batch.add_column(sa.Column("materials", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("clips") as batch:
        batch.alter_column(
            "materials", existing_type=sa.JSON(), existing_nullable=False, server_default=None
        )


def downgrade() -> None:
    with op.batch_alter_table("clips") as batch:
        batch.drop_column("materials")

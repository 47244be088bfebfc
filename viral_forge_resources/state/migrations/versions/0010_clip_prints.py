"""What clips look and sound like: a channel does not post one thing twice."""

from alembic import op
import sqlalchemy as sa

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "clip_prints",
        sa.Column("content_sha256", sa.String(64), nullable=False),
        sa.Column("likeness", sa.JSON(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("content_sha256", name=op.f("pk_clip_prints")),
    )


def downgrade() -> None:
    op.drop_table("clip_prints")

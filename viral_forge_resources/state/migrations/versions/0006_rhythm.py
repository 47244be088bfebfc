"""When channels post, and which posts go first."""

from alembic import op
import sqlalchemy as sa

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_INDEX = "ix_publications_channel_id_state"


def upgrade() -> None:
    with op.batch_alter_table("channels") as batch:
        batch.add_column(sa.Column("rhythm", sa.JSON()))
    with op.batch_alter_table("publications") as batch:
        batch.add_column(sa.Column("priority", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("claimed_at", sa.DateTime(timezone=True)))
    with op.batch_alter_table("publications") as batch:
        batch.alter_column(
            "priority", existing_type=sa.Integer(), existing_nullable=False, server_default=None
        )
    op.create_index(op.f(_INDEX), "publications", ["channel_id", "state"])


def downgrade() -> None:
    op.drop_index(op.f(_INDEX), "publications")
    with op.batch_alter_table("publications") as batch:
        batch.drop_column("claimed_at")
        batch.drop_column("priority")
    with op.batch_alter_table("channels") as batch:
        batch.drop_column("rhythm")

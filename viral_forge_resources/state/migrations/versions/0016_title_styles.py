"""What the title of each post was made to do."""

from alembic import op
import sqlalchemy as sa

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("publications", sa.Column("title_style", sa.String(20)))


def downgrade() -> None:
    op.drop_column("publications", "title_style")

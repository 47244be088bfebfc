"""Sightings say which sound a video uses, where its platform does."""

from alembic import op
import sqlalchemy as sa

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sightings", sa.Column("sound", sa.JSON()))


def downgrade() -> None:
    op.drop_column("sightings", "sound")

"""Takedowns: posts that are to be seen no more."""

from alembic import op
import sqlalchemy as sa

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "retractions",
        sa.Column("publication_id", sa.String(64), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text()),
        sa.Column("done_at", _MOMENT),
        sa.CheckConstraint(
            "state IN ('open', 'by_hand', 'done')", name=op.f("ck_retractions_state")
        ),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["publications.publication_id"],
            name=op.f("fk_retractions_publication_id_publications"),
        ),
        sa.PrimaryKeyConstraint("publication_id", name=op.f("pk_retractions")),
    )
    op.create_index(op.f("ix_retractions_state_due_at"), "retractions", ["state", "due_at"])


def downgrade() -> None:
    op.drop_table("retractions")

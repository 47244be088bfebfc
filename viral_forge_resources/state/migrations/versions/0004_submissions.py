"""Submissions: what they remember, and the steps after a post is live."""

from alembic import op
import sqlalchemy as sa

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "publication_sessions",
        sa.Column("publication_id", sa.String(64), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("saved_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["publications.publication_id"],
            name=op.f("fk_publication_sessions_publication_id_publications"),
        ),
        sa.PrimaryKeyConstraint("publication_id", name=op.f("pk_publication_sessions")),
    )
    op.create_table(
        "publication_steps",
        sa.Column("publication_id", sa.String(64), nullable=False),
        sa.Column("step", sa.String(40), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("reason", sa.Text()),
        sa.CheckConstraint(
            "state IN ('waiting', 'done', 'failed')", name=op.f("ck_publication_steps_state")
        ),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["publications.publication_id"],
            name=op.f("fk_publication_steps_publication_id_publications"),
        ),
        sa.PrimaryKeyConstraint("publication_id", "step", name=op.f("pk_publication_steps")),
    )
    op.create_index(
        op.f("ix_publication_steps_state_due_at"), "publication_steps", ["state", "due_at"]
    )


def downgrade() -> None:
    op.drop_table("publication_steps")
    op.drop_table("publication_sessions")

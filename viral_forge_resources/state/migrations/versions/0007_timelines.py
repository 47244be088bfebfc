"""Artefacts: a clip's edit for other programs is one, too."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_BEFORE = "'source', 'source_sheet', 'clip', 'clip_sheet', 'cover', 'subtitles'"


def upgrade() -> None:
    _may_be(f"{_BEFORE}, 'timeline'")


def downgrade() -> None:
    op.execute("DELETE FROM artefacts WHERE kind = 'timeline'")
    _may_be(_BEFORE)


def _may_be(kinds: str) -> None:
    with op.batch_alter_table("artefacts") as batch:
        batch.drop_constraint(op.f("ck_artefacts_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_artefacts_kind"), f"kind IN ({kinds})")

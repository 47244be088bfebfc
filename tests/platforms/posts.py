"""A post whose files lie in a folder."""

import hashlib
from pathlib import Path

from tests.builders import post_text, publication
from viral_forge_resources.contracts.publishing import Post

CLIP = bytes(1000)


def post_in(folder: Path, clip: bytes = CLIP) -> Post:
    """A post of ``clip`` to the channel ``main``."""
    (folder / "clip.mp4").write_bytes(clip)
    (folder / "cover.jpg").write_bytes(b"cover")
    row = publication(content_sha256=hashlib.sha256(clip).hexdigest())
    return Post(
        publication_id=row.publication_id,
        channel="main",
        content_sha256=row.content_sha256,
        text=post_text(title="Three knots", description="That hold.", tags=("sailing", "knots")),
        video=folder / "clip.mp4",
        cover=folder / "cover.jpg",
        subtitles=None,
        due_at=row.due_at,
        duration_s=12.0,
    )

"""What is added to a Reel on Facebook once it is live.

Source: https://developers.facebook.com/docs/graph-api/reference/video/thumbnails
"""

from viral_forge_resources.contracts.errors import NotSupported
from viral_forge_resources.contracts.publishing import Post, Published
from viral_forge_resources.publishers._meta_calls import File, MetaCalls

STEPS = ("thumbnail", "captions")
_LARGEST_COVER = 10_000_000


def add(api: MetaCalls, step: str, post: Post, live: Published, *, language: str) -> None:
    """Set the picture, or the subtitles where there are some; done twice it comes to the same.

    Raises:
        NotSupported: Facebook takes no picture of that size.
        Refused: it said no.
    """
    if step == "thumbnail":
        picture = post.cover.read_bytes()
        if len(picture) > _LARGEST_COVER:
            raise NotSupported(f"the cover has {len(picture):,} bytes, above {_LARGEST_COVER:,}")
        file = File(field="source", name="cover.jpg", content=picture)
        api.attach(f"{live.post_id}/thumbnails", {"is_preferred": "true"}, file)
    elif post.subtitles is not None:
        name = f"subtitles.{language}.srt"
        file = File(field="captions_file", name=name, content=post.subtitles.read_bytes())
        api.attach(f"{live.post_id}/captions", {"default_locale": language}, file)

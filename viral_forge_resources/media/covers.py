"""Picks the frame of a clip that stands for it."""

from pathlib import Path

from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.media._container import open_media

_SHARES = (0.1, 0.3, 0.5, 0.7, 0.9)
_LOOKED_AT_PX = 270
_QUALITY = 90


def write_cover(path: Path, target: Path) -> None:
    """Write the most detailed of five frames spread over the clip as a JPEG of its full size.

    Detail is the spread of brightness at edges: black, blurred and flat frames have little.

    Raises:
        BadInput: no frame can be decoded.
    """
    from PIL import Image, ImageFilter, ImageStat

    best: tuple[float, Image.Image] | None = None
    with open_media(path, name=path.name) as container:
        track = container.streams.video[0]
        duration = container.duration or 0
        for share in _SHARES:
            container.seek(int(duration * share))
            frame = next(container.decode(track), None)
            if frame is None:
                continue
            picture = Image.fromarray(frame.reformat(format="rgb24").to_ndarray())
            small = picture.convert("L")
            small.thumbnail((_LOOKED_AT_PX, _LOOKED_AT_PX))
            detail = ImageStat.Stat(small.filter(ImageFilter.FIND_EDGES)).stddev[0]
            if best is None or detail > best[0]:
                best = (detail, picture)
    if best is None:
        raise BadInput(path.name, reason="shows no frame", remedy="Render the clip again.")
    best[1].save(target, "JPEG", quality=_QUALITY)

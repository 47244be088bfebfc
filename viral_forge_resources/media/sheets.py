"""Contact sheets and thumbnails: what a person looks at instead of the whole video."""

from collections.abc import Iterator
from fractions import Fraction
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from viral_forge_resources.contracts.errors import BadInput, printable
from viral_forge_resources.contracts.media import MediaProbe
from viral_forge_resources.media._container import open_media, picture_track
from viral_forge_resources.media._stills import frames_from, upright
from viral_forge_resources.media.probe import probe

if TYPE_CHECKING:
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont

_WIDTH_PX = 1200
_HIGHEST_TILE_PX = 420
_MARGIN_PX = 8
_TITLE_PX, _TIME_PX = 22, 15
_LARGEST_BYTES = 400_000
_QUALITIES = (85, 75, 60, 45, 30)
_GRIDS = ((1.2, 4, 2), (0.8, 5, 2), (0.0, 6, 2))
"""From which width over height on, columns and rows."""

_ENOUGH_FRAMES = 8
"""Frames for each tile from which on the first tile is not the very first frame, often black."""

_TICK_S = 1e-6
_BACKGROUND, _TEXT = "#15171c", "#e8eaf0"
_THUMBNAIL_WIDTHS_PX = (480, 400, 320, 240, 180, 120, 80, 48)
_THUMBNAIL_QUALITIES = (70, 50, 35, 20)


def contact_sheet(path: Path, target: Path, *, title: str) -> None:
    """Write a JPEG of frames spread over the video, each with its time; fewer if it is short.

    Raises:
        BadInput: no playable video.
    """
    facts = probe(path, name=path.name)
    columns, rows = _grid(facts)
    tiles = list(_tiles(path, facts, count=columns * rows))
    if not tiles:
        raise BadInput(
            path.name,
            reason="is damaged: no picture of it can be reached",
            remedy="Copy or download it again, or export it anew.",
        )
    labelled = [(_time_code(at_s), picture) for at_s, picture in tiles]
    sheet = drawn_tiles(labelled, title, columns=min(columns, len(tiles)))
    target.write_bytes(_jpeg(sheet))


def thumbnail(sheet: Path, *, max_bytes: int) -> bytes:
    """The picture as a JPEG of at most ``max_bytes``, as large and good as fits.

    Raises:
        BadInput: no picture, or not even a tiny one fits.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(sheet) as opened:
            picture = opened.convert("RGB")
    except UnidentifiedImageError as error:
        raise BadInput(
            sheet.name, reason="is no picture", remedy="Make the sheet again."
        ) from error
    for width_px in _THUMBNAIL_WIDTHS_PX:
        smaller = picture.copy()
        smaller.thumbnail((width_px, width_px))
        for quality in _THUMBNAIL_QUALITIES:
            found = _encoded(smaller, quality)
            if len(found) <= max_bytes:
                return found
    raise BadInput(
        sheet.name,
        reason=f"fits no JPEG of {max_bytes} bytes",
        remedy="Allow a kilobyte or more.",
    )


def _grid(facts: MediaProbe) -> tuple[int, int]:
    shape = facts.width_px / facts.height_px
    return next((columns, rows) for least, columns, rows in _GRIDS if shape >= least)


def _tile_size(facts: MediaProbe, columns: int) -> tuple[int, int]:
    width_px = (_WIDTH_PX - _MARGIN_PX * (columns + 1)) // columns
    height_px = width_px * facts.height_px / facts.width_px
    scale = min(1.0, _HIGHEST_TILE_PX / height_px)
    return max(2, round(width_px * scale)), max(2, round(height_px * scale))


def _tiles(path: Path, facts: MediaProbe, *, count: int) -> Iterator[tuple[float, "Image"]]:
    """Time and picture of the first frame that can be had in each of equal slots."""
    total = max(1, round(facts.duration_s * facts.fps))
    slots = min(count, total)
    slot_s = facts.duration_s / slots
    has_plenty = total >= slots * _ENOUGH_FRAMES
    size = _tile_size(facts, _grid(facts)[0])
    shown_s = -1.0
    with open_media(path, name=path.name) as container:
        track = picture_track(container, name=path.name)
        track.thread_type = "AUTO"
        track.codec_context.skip_frame = "NONREF" if has_plenty else "DEFAULT"
        frames: Iterator[tuple[float, VideoFrame]] = iter(())
        for slot in range(slots):
            least_s = max(slot * slot_s, shown_s + float(1 / facts.fps) / 2)
            if slot == 0 and has_plenty:
                least_s = slot_s / 4
            middle_s = (slot + 0.5) * slot_s
            if _is_nearer(track, facts.start_s + middle_s, than_s=facts.start_s + shown_s):
                frames = frames_from(container, track, facts.start_s, middle_s)
            found = next((found for found in frames if found[0] >= least_s - _TICK_S), None)
            if found is None or found[0] >= middle_s + slot_s:
                continue  # nothing can be decoded here: no invented frame in its place
            shown_s = found[0]
            yield shown_s, upright(found[1], facts, size)


def _is_nearer(track: "VideoStream", at_s: float, *, than_s: float) -> bool:
    """Whether the key frame before ``at_s`` comes after ``than_s``, or nobody knows."""
    time_base = track.time_base or Fraction(1)
    index = track.index_entries.search_timestamp(int(at_s / time_base), backward=True)
    return index < 0 or float(track.index_entries[index].timestamp * time_base) > than_s


def drawn_tiles(tiles: "list[tuple[str, Image]]", title: str, *, columns: int) -> "Image":
    """Pictures of one size beside each other, each with its label below."""
    from PIL import Image, ImageDraw

    title_font, label_font = _font(_TITLE_PX), _font(_TIME_PX)
    wide, tall = tiles[0][1].size
    step_x, step_y = wide + _MARGIN_PX, tall + _TIME_PX + 2 * _MARGIN_PX
    top = _TITLE_PX + 3 * _MARGIN_PX
    rows = -(-len(tiles) // columns)
    height_px = top + rows * step_y
    sheet = Image.new(
        "RGB", (max(_WIDTH_PX, columns * step_x + _MARGIN_PX), height_px), _BACKGROUND
    )
    draw = ImageDraw.Draw(sheet)
    heading = _fitting(title, title_font, _WIDTH_PX - 2 * _MARGIN_PX)
    draw.text((_MARGIN_PX, _MARGIN_PX), heading, font=title_font, fill=_TEXT)
    for index, (label, picture) in enumerate(tiles):
        x = _MARGIN_PX + index % columns * step_x
        y = top + index // columns * step_y
        sheet.paste(picture, (x, y))
        draw.text((x, y + tall + _MARGIN_PX // 2), label, font=label_font, fill=_TEXT)
    return sheet


def _font(size_px: int) -> "FreeTypeFont":
    from PIL import ImageFont

    spec = find_spec("matplotlib")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("matplotlib, which carries the fonts")
    fonts = Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf"
    return ImageFont.truetype(fonts / "DejaVuSans.ttf", size_px)


def _fitting(title: str, font: "FreeTypeFont", width_px: int) -> str:
    shown = printable(title)[1:-1]
    while font.getlength(shown) > width_px:
        shown = f"{shown[:-2]}…"
    return shown


def _time_code(at_s: float) -> str:
    minutes, seconds = divmod(round(at_s, 2), 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours}:{minutes:02}:{seconds:05.2f}" if hours else f"{minutes}:{seconds:05.2f}"


def _jpeg(sheet: "Image") -> bytes:
    tries = (_encoded(sheet, quality) for quality in _QUALITIES)
    return next((found for found in tries if len(found) <= _LARGEST_BYTES), None) or _encoded(
        sheet.reduce(2), _QUALITIES[-1]
    )


def _encoded(picture: "Image", quality: int) -> bytes:
    out = BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()

"""Thumbnails, made in code."""

from io import BytesIO

from PIL import Image, ImageDraw


def thumbnail(number: int = 0, *, size_px: tuple[int, int] = (64, 36)) -> bytes:
    """A small JPEG; pictures of different numbers do not look alike."""
    picture = Image.new("L", size_px, 0)
    draw = ImageDraw.Draw(picture)
    width, height = size_px
    for bit in range(16):
        left, top = (bit % 4) * width // 4, (bit // 4) * height // 4
        if (number * 40_503 + 12_345) >> bit & 1:
            draw.rectangle((left, top, left + width // 4, top + height // 4), fill=255)
    content = BytesIO()
    picture.save(content, "JPEG")
    return content.getvalue()

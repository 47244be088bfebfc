"""The part of a filter graph that veils faces, in the source's own picture."""

from viral_forge_resources.contracts.hiding import MASK, Hiding, Veil
from viral_forge_resources.contracts.media import RenderSpec

_BLUR_OF_CELL = 0.5
"""Sigma, of a cell: cells run into each other."""
_BLUR_SHRINKS = 4


def veiled(spec: RenderSpec, hiding: Hiding, *, source: str, target: str) -> str:
    """From ``source`` to ``target``: what the extra ``MASK`` marks is as coarse as ``hiding`` says.

    The mask has a picture for each one of the clip. Times are rounded on the way, in both, so that
    pictures are counted: the same number is the same moment. With fewer in the mask, the clip is
    cut short, which the renderer refuses: no face is left bare at the end.

    Source: https://ffmpeg.org/ffmpeg-filters.html#alphamerge
    """
    bits = "10" if spec.is_hdr else ""
    pieces = "[bare][coarse][size0][size1]"
    counted = f"settb={spec.fps.denominator}/{spec.fps.numerator},setpts=N"
    return ";\n".join(
        (
            # One range of colours: overlay would bring full range to the other one wrongly.
            f"{source}{counted},setsar=1,scale=out_range=tv,format=yuv420p{bits},split=4{pieces}",
            f"[coarse]{_shrunk(hiding)}[small]",
            f"[small][size0]scale=w=rw:h=rh:flags={_flags(hiding)}[blind]",
            # As grey, and as transparency: as colours, the mask's values would be converted.
            f"[{MASK}:v]{counted},extractplanes=y[small_mask]",
            "[small_mask][size1]scale=w=rw:h=rh:flags=bilinear[mask]",
            "[blind][mask]alphamerge=shortest=1[veil]",
            f"[bare][veil]overlay=format=yuv420{'p10' if bits else ''}:shortest=1{target}",
        )
    )


def _shrunk(hiding: Hiding) -> str:
    if hiding.veil is Veil.PIXELATE:
        return _to_share(hiding.cell_px)
    shrinks = min(_BLUR_SHRINKS, hiding.cell_px)
    # Through coarse cells first: what a blur alone leaves can be told by a machine.
    back = f"scale=w=iw*{hiding.cell_px / shrinks:.4f}:h=ih*{hiding.cell_px / shrinks:.4f}"
    sigma = _BLUR_OF_CELL * hiding.cell_px / shrinks
    return f"{_to_share(hiding.cell_px)},{back}:flags=bilinear,gblur=sigma={sigma:.3f}"


def _to_share(cell_px: int) -> str:
    sides = (f"max(trunc(i{side}/{cell_px}/2)*2\\,2)" for side in "wh")
    return "scale=w='{}':h='{}':flags=area".format(*sides)


def _flags(hiding: Hiding) -> str:
    return "neighbor" if hiding.veil is Veil.PIXELATE else "bilinear"

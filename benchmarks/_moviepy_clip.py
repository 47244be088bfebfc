"""The clip of ``rivals``, as MoviePy makes it. Runs in MoviePy's own environment, by file name.

Arguments: source, target, font file, start and length in seconds.
"""

import sys

from moviepy import CompositeVideoClip, TextClip, VideoFileClip, vfx

_WIDTH_PX, _HEIGHT_PX = 1080, 1920
_TEXTS = ("Every frame is decoded once", "and encoded once")


def _main() -> None:
    source, target, font = sys.argv[1:4]
    start_s, length_s = float(sys.argv[4]), float(sys.argv[5])
    clip = VideoFileClip(source).subclipped(start_s, start_s + length_s)
    clip = clip.cropped(x_center=clip.w / 2, width=clip.h * 9 // 16 // 2 * 2)
    clip = clip.resized((_WIDTH_PX, _HEIGHT_PX)).with_effects([vfx.MirrorX()])
    zoomed = clip.resized(lambda t: 1 + 0.06 * t / length_s).with_position("center")
    coloured = zoomed.with_effects([vfx.LumContrast(lum=0, contrast=0.05)])
    half_s = length_s / 2
    captions = [
        TextClip(font=font, text=text, font_size=64, color="white", stroke_color="black")
        .with_start(number * half_s)
        .with_duration(half_s)
        .with_position(("center", 1300))
        for number, text in enumerate(_TEXTS)
    ]
    whole = CompositeVideoClip([coloured, *captions], size=(_WIDTH_PX, _HEIGHT_PX))
    whole.write_videofile(
        target,
        fps=30,
        codec="libx264",
        preset="veryfast",
        audio_codec="aac",
        ffmpeg_params=["-crf", "21"],
        logger=None,
    )


_main()

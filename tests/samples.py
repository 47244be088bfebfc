"""Odd and ordinary media, made in code.

Each maker takes a folder and returns the path of its file there; a file that was made before is
returned as it is, so that one folder per session serves every test of a worker::

    @pytest.fixture(scope="session")
    def folder(tmp_path_factory):
        return tmp_path_factory.mktemp("samples")

Makers: ``plain`` ``vertical`` ``uhd_10_bit`` ``hdr_pq`` ``rotated`` ``variable_rate``
``odd_dimensions`` ``wide_pixels`` ``no_audio`` ``audio_only`` ``song`` ``covered_song``
``one_picture`` ``text_named_mp4`` ``empty`` ``truncated`` ``unfinished`` ``shifted_start``
``flashes`` ``broken_sound``. Real media:
``shared_media``, with the mark ``needs_media``.
"""

import subprocess
from pathlib import Path

import av
import pytest

from viral_forge_resources.media.ffmpeg import ffmpeg_binary

_MEDIA = Path(__file__).resolve().parents[2] / "shared" / "media"

needs_media = pytest.mark.skipif(
    not _MEDIA.is_dir(), reason="the folder with real media is not on this machine"
)

PLAIN_DURATION_S = 4.0
PLAIN_CUTS_S = (1.5, 3.0)
PLAIN_SILENCE_S = (1.5, 2.5)
PLAIN_FOCUS = (0.80, 0.25)
"""Centre of the box that moves in the first shot; the second stands still."""

_X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
_TONE = "sine=frequency=440:sample_rate=48000"
_AAC = ("-c:a", "aac", "-b:a", "64k")


def shared_media(name: str) -> Path:
    """A real file; use it with the mark ``needs_media``."""
    return _MEDIA / name


def all_shared_media() -> list[str]:
    """Names of the real files, sorted; none where the folder is missing."""
    kept = {".mp4", ".mov", ".mkv", ".webm", ".mp3", ".flac", ".wav"}
    return sorted(path.name for path in _MEDIA.glob("*.*") if path.suffix in kept)


def plain(folder: Path) -> Path:
    """640 x 360, 30 fps, three shots, a tone with a pause: see the ``PLAIN_`` constants."""
    graph = (
        "color=gray:s=640x360:r=30:d=1.5[room];color=white:s=60x60:r=30:d=1.5[box];"
        "[room][box]overlay=x='480+30*sin(9*t)':y=60,format=yuv420p,setsar=1[one];"
        "smptebars=s=640x360:r=30:d=1.5,format=yuv420p,setsar=1[two];"
        "testsrc2=s=640x360:r=30:d=1,format=yuv420p,setsar=1[three];"
        "[one][two][three]concat=n=3[v];"
        "sine=frequency=440:sample_rate=48000:duration=4,"
        "volume='if(between(t,1.5,2.5),0,1)':eval=frame[a]"
    )
    arguments = ("-filter_complex", graph, "-map", "[v]", "-map", "[a]", *_X264, *_AAC)
    return _made(folder, "plain.mp4", *arguments)


def vertical(folder: Path) -> Path:
    """360 x 640 with sound, one second."""
    return _from_source(folder, "vertical.mp4", "testsrc2=s=360x640:r=30:d=1", with_sound=True)


def uhd_10_bit(folder: Path) -> Path:
    """3840 x 2160, H.264 with 10 bits, a fifth of a second."""
    codec = (*_X264, "-pix_fmt", "yuv420p10le")
    return _from_source(folder, "uhd.mp4", "testsrc2=s=3840x2160:r=25:d=0.2", *codec)


def hdr_pq(folder: Path) -> Path:
    """640 x 360, HEVC with 10 bits, marked as BT.2020 with the PQ transfer, half a second."""
    tags = "colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:log-level=none"
    codec = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", tags)
    graph = (
        "testsrc2=s=640x360:r=30:d=0.5,format=yuv420p10le,setparams=color_primaries=bt2020"
        ":color_trc=smpte2084:colorspace=bt2020nc"
    )
    return _from_source(folder, "hdr.mp4", graph, *codec, "-pix_fmt", "yuv420p10le")


def rotated(folder: Path) -> Path:
    """Stored as 640 x 360, to be turned 90 degrees clockwise; the first shot of ``plain``."""
    source = plain(folder)
    turn = ("-display_rotation:v:0", "-90", "-i", str(source))
    return _made(folder, "rotated.mp4", *turn, "-c", "copy")


def variable_rate(folder: Path) -> Path:
    """320 x 180, one second at 30 fps, then one at 10 fps."""
    graph = "testsrc2=s=320x180:r=30:d=2,select='lt(t,1)+not(mod(n,3))'"
    return _from_source(folder, "variable.mp4", graph, *_X264, "-fps_mode", "vfr")


def odd_dimensions(folder: Path) -> Path:
    """321 x 241, FFV1 in Matroska, half a second."""
    codec = ("-c:v", "ffv1", "-pix_fmt", "yuv444p")
    return _from_source(folder, "odd.mkv", "testsrc=s=321x241:r=30:d=0.5", *codec)


def wide_pixels(folder: Path) -> Path:
    """Stored as 360 x 288, shown as 512 x 288: pixels of 64:45, half a second."""
    return _from_source(folder, "wide.mp4", "testsrc2=s=360x288:r=25:d=0.6,setsar=64/45")


def no_audio(folder: Path) -> Path:
    """320 x 180 without a sound track, one second."""
    return _from_source(folder, "mute.mp4", "testsrc2=s=320x180:r=30:d=1")


def audio_only(folder: Path) -> Path:
    """A tone in MP4, half a second."""
    return _made(folder, "sound.mp4", "-f", "lavfi", "-i", f"{_TONE}:duration=0.5", *_AAC)


def song(folder: Path) -> Path:
    """A tone in MP3, half a second."""
    return _made(folder, "song.mp3", "-f", "lavfi", "-i", f"{_TONE}:duration=0.5")


def covered_song(folder: Path) -> Path:
    """``song`` with a cover picture in its tags, which FFmpeg shows as a video track."""
    cover = ("-f", "lavfi", "-i", "color=red:s=300x300:r=1:d=1", "-i", str(song(folder)))
    codecs = ("-c:v", "mjpeg", "-c:a", "copy", "-disposition:v", "attached_pic")
    return _made(folder, "covered.mp3", *cover, "-map", "0", "-map", "1", *codecs)


def one_picture(folder: Path) -> Path:
    """A single video frame: nothing that lasts."""
    return _from_source(folder, "one.mp4", "testsrc2=s=320x180:r=30:d=1", *_X264, "-frames:v", "1")


def shifted_start(folder: Path) -> Path:
    """``plain`` in MPEG-TS, whose clock starts at 10 s."""
    shift = ("-i", str(plain(folder)), "-c", "copy", "-output_ts_offset", "10")
    return _made(folder, "shifted.ts", *shift)


def flashes(folder: Path) -> Path:
    """Two seconds of one moving scene, white for two pictures at 0.5 s and at 1.2 s."""
    white = "drawbox=t=fill:c=white:enable='between(n,15,16)+between(n,36,37)'"
    return _from_source(folder, "flashes.mp4", f"testsrc2=s=320x180:r=30:d=2,{white}")


def text_named_mp4(folder: Path) -> Path:
    """A text."""
    return _written(folder, "text.mp4", b"This is no video.\n" * 40)


def empty(folder: Path) -> Path:
    """No bytes at all."""
    return _written(folder, "empty.mp4", b"")


def truncated(folder: Path) -> Path:
    """The first 60 % of ``plain``, its table of contents in front and complete."""
    moved = _made(
        folder, "front.mp4", "-i", str(plain(folder)), "-c", "copy", "-movflags", "+faststart"
    )
    content = moved.read_bytes()
    return _written(folder, "truncated.mp4", content[: len(content) * 6 // 10])


def unfinished(folder: Path) -> Path:
    """The first half of ``plain``: its table of contents, at the end, is missing."""
    content = plain(folder).read_bytes()
    return _written(folder, "unfinished.mp4", content[: len(content) // 2])


def broken_sound(folder: Path) -> Path:
    """``plain`` with a sound track of which no packet can be decoded."""
    content = bytearray(plain(folder).read_bytes())
    with av.open(str(plain(folder))) as container:
        for packet in container.demux(audio=0):
            if packet.pos is not None and packet.size:
                content[packet.pos : packet.pos + packet.size] = b"\xff" * packet.size
    return _written(folder, "broken-sound.mp4", bytes(content))


def _from_source(
    folder: Path, name: str, graph: str, *codec: str, with_sound: bool = False
) -> Path:
    sound = ("-f", "lavfi", "-i", _TONE, "-shortest", *_AAC) if with_sound else ()
    return _made(folder, name, "-f", "lavfi", "-i", graph, *sound, *(codec or _X264))


def _made(folder: Path, name: str, *arguments: str) -> Path:
    path = folder / name
    if not path.exists():
        command = [ffmpeg_binary(), "-nostdin", "-hide_banner", "-v", "error", "-y", *arguments]
        subprocess.run([*command, str(path)], check=True, timeout=60)  # noqa: S603  our own binary
    return path


def _written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path

"""What every creative filter keeps; a new one is a new file and is found here by itself."""

import io
import subprocess
from dataclasses import FrozenInstanceError, fields, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import av
import imageio_ffmpeg
import numpy as np
import numpy.typing as npt
import pytest
from pydantic import TypeAdapter

from viral_forge_assets import filters
from viral_forge_assets.domain.safe_zones import INTERFACES, Frame, free_area
from viral_forge_assets.filters._compose import filter_chains, open_filter
from viral_forge_assets.filters.watermark import Watermark
from viral_forge_resources.contracts.errors import BadInput, Misconfigured
from viral_forge_resources.contracts.filters import Filter, FilterContext
from viral_forge_resources.contracts.media import Stretch
from viral_forge_resources.media.fonts import write_fonts_config
from viral_forge_resources.plugins import get_plugin, plugin_names

NAMES = plugin_names(filters)
KINDS = [get_plugin(filters, name).FILTER for name in NAMES]
SEEDED = [kind for kind in KINDS if "seed" in {field.name for field in fields(kind)}]
FPS = Fraction(30000, 1001)
FRAMES = 24
CLIP = FilterContext(
    width_px=192, height_px=340, fps=FPS, frames=FRAMES, source_width_px=192, texts=(), speech=()
)
LONG = FilterContext(
    width_px=1080,
    height_px=1920,
    fps=Fraction(30),
    frames=5400,
    source_width_px=608,
    cuts_s=tuple(0.7 * cut for cut in range(1, 250)),
    texts=(),
    speech=(),
)
_SEEN_PSNR = 42.0
"""dB of the picture that changed most; 48 is one step of each sample."""


@pytest.fixture(scope="module")
def through(tmp_path_factory):
    """Rate, sample aspect and pictures of a test pattern after a chain."""
    fonts = write_fonts_config(tmp_path_factory.mktemp("fonts"))

    def run(chain: str) -> tuple[Fraction | None, Fraction | None, npt.NDArray[np.int16]]:
        pattern = f"testsrc2=size=192x340:rate={FPS},trim=end_frame={FRAMES}"
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-hide_banner"]
        command += ["-loglevel", "error", "-protocol_whitelist", "file,pipe"]
        command += ["-f", "lavfi", "-i", pattern, "-vf", f"format=yuv420p,{chain}"]
        command += ["-c:v", "rawvideo", "-f", "nut", "pipe:1"]
        environment = {"FONTCONFIG_FILE": str(fonts)}
        done = subprocess.run(command, capture_output=True, check=True, env=environment)  # noqa: S603  our own binary
        assert done.stderr == b""
        with av.open(io.BytesIO(done.stdout), mode="r") as container:
            stream = container.streams.video[0]
            pictures = np.stack([f.to_ndarray(format="yuv420p") for f in container.decode(stream)])
            return stream.average_rate, stream.sample_aspect_ratio, pictures.astype(np.int16)

    return run


def _numbers(kind: type[Filter]) -> dict[str, dict[str, Any]]:
    """JSON schema of each parameter that is a number."""
    parameters = TypeAdapter(kind).json_schema().get("properties", {})
    return {n: s for n, s in parameters.items() if s["type"] in {"number", "integer"}}


def _at(kind: type[Filter], end: str) -> Filter:
    """The filter with all its numbers at that end of their ranges."""
    cast = {"number": float, "integer": int}
    return kind(**{n: cast[s["type"]](s[end]) for n, s in _numbers(kind).items()})


@pytest.fixture(scope="module")
def untouched(through):
    return through("null")


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


@pytest.fixture
def kind(name):
    return get_plugin(filters, name).FILTER


def test_a_file_is_named_like_its_filter(name, kind):
    assert kind.__name__.lower() == name.replace("_", "")
    assert kind.__doc__


def test_place_and_cost_are_known(kind):
    assert kind.place in {"source", "frame"}
    assert kind.cost in {"light", "medium", "heavy"}


@pytest.mark.parametrize("end", ["default", "minimum", "maximum"])
def test_size_rate_and_number_of_frames_are_kept(through, kind, untouched, end):
    rate, aspect, pictures = through(_at(kind, end).filtergraph(CLIP))

    assert (rate, aspect, pictures.shape) == (untouched[0], untouched[1], untouched[2].shape)


def test_defaults_are_seen(through, kind, untouched):
    _, _, pictures = through(kind().filtergraph(CLIP))

    worst = (np.square(pictures - untouched[2], dtype=np.float64)).mean(axis=(1, 2)).max()
    assert worst > 0
    assert 20 * np.log10(255 / np.sqrt(worst)) < _SEEN_PSNR


def test_neutral_parameters_change_nothing(through, kind, untouched):
    _, _, pictures = through(kind.neutral().filtergraph(CLIP))

    assert np.abs(pictures - untouched[2]).mean() < 0.5


def test_every_number_has_a_range_and_nothing_beyond_it_is_taken(name, kind):
    for parameter, schema in _numbers(kind).items():
        step = 1 if schema["type"] == "integer" else 0.01
        ends = (schema["minimum"] - step, schema["maximum"] + step)
        for beyond in (*ends, float("nan"), float("inf")):
            with pytest.raises(ValueError, match=parameter):
                kind(**{parameter: beyond})
            with pytest.raises(BadInput, match=rf"filter {name}.*{parameter} \("):
                open_filter(name, {parameter: beyond})


def test_the_same_parameters_draw_the_same_pictures(through, kind):
    first, again = (through(kind().filtergraph(CLIP))[2] for _ in range(2))

    assert (first == again).all()


@pytest.mark.parametrize("seeded", SEEDED, ids=lambda kind: kind.__name__)
def test_another_seed_is_another_graph(seeded):
    assert seeded(seed=1).filtergraph(LONG) == seeded(seed=1).filtergraph(LONG)
    assert seeded(seed=1).filtergraph(LONG) != seeded(seed=2).filtergraph(LONG)


def test_three_minutes_of_cuts_are_no_more_than_ffmpeg_reads(through, kind):
    chain = kind().filtergraph(replace(LONG, width_px=192, height_px=340, source_width_px=192))

    assert len(chain) < 60_000
    assert len(through(chain)[2]) == FRAMES


@pytest.mark.parametrize(
    "accented",
    [
        *({"name": name, "every_s": 1.0} for name in ("glitch", "shake", "speed_ramp")),
        *(
            {"name": "pattern_interrupt", "every_s": 1.0, "style": style}
            for style in ("flash", "punch", "whip")
        ),
    ],
    ids=lambda each: f"{each['name']}-{each.get('style', '')}",
)
def test_as_many_accents_as_a_clip_can_have_are_no_more_than_ffmpeg_reads(through, accented):
    parameters = {key: value for key, value in accented.items() if key != "name"}
    clip = replace(LONG, width_px=192, height_px=340, source_width_px=192)
    chain = open_filter(accented["name"], parameters).filtergraph(clip)

    assert len(through(chain)[2]) >= FRAMES - 1  # the pattern may end in the midst of a ramp


def test_twice_in_one_clip_is_as_good_as_once(through, name, untouched):
    chains = filter_chains([(name, {}), (name, {})], CLIP)

    _, _, pictures = through(",".join((*chains.source, *chains.frame)) or "null")

    assert pictures.shape == untouched[2].shape


def test_an_unknown_parameter_is_refused(name):
    with pytest.raises(BadInput, match=f"filter {name}.*wobble"):
        open_filter(name, {"wobble": 1.0})


def test_a_filter_is_a_value(kind):
    assert kind() == kind()
    assert len({kind(), kind()}) == 1
    with pytest.raises(FrozenInstanceError):
        setattr(kind(), fields(kind)[0].name, 1)


def test_an_unknown_filter_is_refused_with_the_names_of_those_there_are():
    with pytest.raises(Misconfigured, match=r"colour.*mirror.*zoom"):
        filter_chains([("sparkle", {})], CLIP)


def test_chains_keep_their_order_and_skip_what_changes_nothing():
    planned = [("zoom", {}), ("colour", {}), ("mirror", {"enabled": False}), ("mirror", {})]

    chains = filter_chains(planned, CLIP)

    assert [chain.partition("=")[0] for chain in chains.source] == ["eq"]
    assert [chain.partition("=")[0] for chain in chains.frame] == ["scale", "hflip"]


def test_a_mirror_swaps_left_and_right(through, untouched):
    _, _, pictures = through(open_filter("mirror", {}).filtergraph(CLIP))

    assert (pictures[0][:340] == untouched[2][0][:340, ::-1]).all()


def test_a_zoom_begins_with_the_whole_picture_and_ends_nearer(through, untouched):
    _, _, pictures = through(open_filter("zoom", {"scale": 1.08}).filtergraph(CLIP))

    _, _, nearer = through("scale=208:368:flags=bicubic,crop=192:340:exact=1")
    assert (pictures[0] == untouched[2][0]).all()
    assert np.abs(pictures[-1] - nearer[-1]).mean() < 0.5


@pytest.mark.parametrize("texts", [None, (Stretch(start_s=0.1, end_s=0.2),)])
def test_a_clip_is_not_mirrored_where_text_is_seen_or_nobody_looked(texts):
    assert open_filter("mirror", {}).filtergraph(replace(CLIP, texts=texts)) == "null"


def test_accents_fall_on_cuts_and_fill_long_shots():
    clip = FilterContext(
        width_px=192,
        height_px=340,
        fps=FPS,
        frames=600,
        source_width_px=192,
        cuts_s=(3.0, 3.2, 4.5),
    )

    accents = clip.accents(every_s=2.0, seed=5)

    assert {3.003, 4.505} <= {round(at_s, 3) for at_s in accents}
    assert all(later - earlier >= 1 for earlier, later in pairwise(accents))
    assert max(later - earlier for earlier, later in pairwise((0, *accents, 20))) < 4
    assert accents == clip.accents(every_s=2.0, seed=5) != clip.accents(every_s=2.0, seed=6)


@pytest.mark.parametrize("text", ["a'b", "a\\b", "%{pts}", "a:b", "a\nb", "[x]", "a;b", "\u4f60"])
def test_a_watermark_takes_no_letter_that_ffmpeg_reads_as_a_command_or_cannot_draw(text):
    with pytest.raises(BadInput, match="filter watermark': text"):
        open_filter("watermark", {"text": text})


@pytest.mark.parametrize("size", [(192, 340), (240, 240), (340, 192)])
@pytest.mark.parametrize("corner", ["top_left", "top_right", "bottom_left", "centre"])
@pytest.mark.parametrize("text", ["@viral_forge", "A name of forty letters, all of it, here"])
def test_a_watermark_is_whole_and_no_platform_lies_over_it(through, size, corner, text):
    wide, tall = size
    clip = replace(CLIP, width_px=wide, height_px=tall)
    mark = open_filter("watermark", {"corner": corner, "text": text}).filtergraph(clip)
    _, _, pictures = through(f"scale={wide}:{tall},lutyuv=y=16:u=128:v=128,{mark}")
    rows, columns = np.nonzero(pictures[0][:tall, :wide] > 60)
    free = free_area(Frame(width_px=wide, height_px=tall))
    left, right = free.left, free.right
    if tall > wide:  # captions stand centred between these
        left = max(each.left for each in INTERFACES.values())
        right = 1 - max(each.right for each in INTERFACES.values())
    assert left * wide <= columns.min() < columns.max() <= right * wide
    assert free.top * tall <= rows.min() < rows.max() <= free.bottom * tall


@pytest.mark.parametrize("size", [(192, 340), (340, 192)])
@pytest.mark.parametrize("corner", ["top_left", "top_right", "bottom_left", "centre"])
def test_a_watermark_takes_no_more_room_than_it_tells(through, size, corner):
    wide, tall = size
    clip = replace(CLIP, width_px=wide, height_px=tall)
    mark = Watermark(corner=corner, text="@viral_forge")
    _, _, pictures = through(
        f"scale={wide}:{tall},lutyuv=y=16:u=128:v=128,{mark.filtergraph(clip)}"
    )
    rows, columns = np.nonzero(pictures[0][:tall, :wide] > 60)
    left, top, right, bottom = mark.covers(clip)
    assert left * wide - 1 <= columns.min() < columns.max() <= right * wide + 1
    assert top * tall - 1 <= rows.min() < rows.max() <= bottom * tall + 1


@pytest.mark.parametrize("luma", [16, 128, 235])
@pytest.mark.parametrize("name", ["watermark", "progress_bar"])
def test_what_is_drawn_on_a_picture_is_seen_on_light_and_dark(through, name, luma):
    _, _, pictures = through(f"lutyuv=y={luma}:u=128:v=128,{_chain_of(name)}")
    assert np.abs(pictures[12][:340, :192] - luma).max() > 55


@pytest.mark.parametrize("flip", ["hflip", "vflip"])
def test_a_zoom_does_not_sway(through, flip):
    chain = open_filter("zoom", {"scale": 1.08}).filtergraph(CLIP)

    luma, flipped = (through(c)[2][:, :340] for c in (chain, f"{flip},{chain},{flip}"))

    assert np.abs(luma - flipped).mean() < 0.5


def test_the_scan_lines_of_a_tape_let_the_picture_through(through):
    _, _, pictures = through(f"lutyuv=y=220:u=128:v=128,{_chain_of('vhs')}")

    assert pictures[:, :340].min() > 120


def _chain_of(name: str) -> str:
    return open_filter(name, {}).filtergraph(CLIP)


def test_a_glitch_tears_only_while_it_lasts(through, untouched):
    clip = replace(CLIP, cuts_s=(0.4,))
    _, _, pictures = through(open_filter("glitch", {"length_s": 0.1}).filtergraph(clip))

    changed = [
        bool((after != before).any()) for after, before in zip(pictures, untouched[2], strict=True)
    ]
    assert changed == [12 <= number < 15 for number in range(FRAMES)]

"""What every creative filter keeps; a new one is a new file and is found here by itself."""

import io
import subprocess
from dataclasses import FrozenInstanceError, fields
from fractions import Fraction
from typing import Any

import av
import imageio_ffmpeg
import numpy as np
import numpy.typing as npt
import pytest
from pydantic import TypeAdapter

from viral_forge_assets import filters
from viral_forge_assets.filters._compose import Filter, filter_chains, open_filter
from viral_forge_resources.contracts.errors import BadInput, Misconfigured
from viral_forge_resources.plugins import get_plugin, plugin_names

NAMES = plugin_names(filters)
SIZE = {"width_px": 192, "height_px": 340}
FPS = Fraction(30000, 1001)
FRAMES = 24


def _through(chain: str) -> tuple[Fraction | None, Fraction | None, npt.NDArray[np.int16]]:
    """Rate, sample aspect and pictures of a test pattern after ``chain``."""
    pattern = f"testsrc2=size=192x340:rate={FPS},trim=end_frame={FRAMES}"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-hide_banner", "-loglevel", "error"]
    command += ["-protocol_whitelist", "file,pipe", "-f", "lavfi", "-i", pattern]
    command += ["-vf", f"format=yuv420p,{chain}", "-c:v", "rawvideo", "-f", "nut", "pipe:1"]
    done = subprocess.run(command, capture_output=True, check=True)  # noqa: S603  our own binary
    assert done.stderr == b""
    with av.open(io.BytesIO(done.stdout), mode="r") as container:
        stream = container.streams.video[0]
        pictures = np.stack([f.to_ndarray(format="yuv420p") for f in container.decode(stream)])
        return stream.average_rate, stream.sample_aspect_ratio, pictures.astype(np.int16)


def _chain(opened: Filter) -> str:
    return opened.filtergraph(**SIZE, fps=FPS, frames=FRAMES)


def _numbers(kind: type[Filter]) -> dict[str, dict[str, Any]]:
    """JSON schema of each parameter that is a number."""
    parameters = TypeAdapter(kind).json_schema().get("properties", {})
    return {n: s for n, s in parameters.items() if s["type"] in {"number", "integer"}}


@pytest.fixture(scope="module")
def untouched():
    return _through("null")


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
def test_size_rate_and_number_of_frames_are_kept(kind, untouched, end):
    chosen = {n: float(s[end]) for n, s in _numbers(kind).items()}

    rate, aspect, pictures = _through(_chain(kind(**chosen)))

    assert (rate, aspect, pictures.shape) == (untouched[0], untouched[1], untouched[2].shape)


def test_defaults_are_seen(kind, untouched):
    _, _, pictures = _through(_chain(kind()))

    assert np.abs(pictures[-1] - untouched[2][-1]).mean() > 1


def test_neutral_parameters_change_nothing(kind, untouched):
    _, _, pictures = _through(_chain(kind.neutral()))

    assert np.abs(pictures - untouched[2]).mean() < 0.5


def test_every_number_has_a_range_and_nothing_beyond_it_is_taken(name, kind):
    for parameter, schema in _numbers(kind).items():
        for beyond in (schema["minimum"] - 0.01, schema["maximum"] + 0.01):
            with pytest.raises(ValueError, match=parameter):
                kind(**{parameter: beyond})
            with pytest.raises(BadInput, match=rf"filter {name}.*{parameter} \("):
                open_filter(name, {parameter: beyond})


def test_an_unknown_parameter_is_refused(name):
    with pytest.raises(BadInput, match=f"filter {name}.*wobble"):
        open_filter(name, {"wobble": 1.0})


def test_a_filter_is_a_value(kind):
    assert kind() == kind()
    assert len({kind(), kind()}) == 1
    with pytest.raises(FrozenInstanceError):
        setattr(kind(), fields(kind)[0].name, 1)


def test_an_unknown_filter_is_refused_with_the_names_of_those_there_are():
    with pytest.raises(Misconfigured, match="colour, mirror, zoom"):
        filter_chains([("sparkle", {})], **SIZE, fps=FPS, frames=FRAMES)


def test_chains_keep_their_order_and_skip_what_changes_nothing():
    planned = [("zoom", {}), ("colour", {}), ("mirror", {"enabled": False}), ("mirror", {})]

    chains = filter_chains(planned, **SIZE, fps=FPS, frames=FRAMES)

    assert [chain.partition("=")[0] for chain in chains.source] == ["eq"]
    assert [chain.partition("=")[0] for chain in chains.frame] == ["scale", "hflip"]


def test_a_mirror_swaps_left_and_right(untouched):
    _, _, pictures = _through(_chain(open_filter("mirror", {})))

    assert (pictures[0][:340] == untouched[2][0][:340, ::-1]).all()


def test_a_zoom_begins_with_the_whole_picture_and_ends_nearer(untouched):
    _, _, pictures = _through(_chain(open_filter("zoom", {"scale": 1.08})))

    _, _, nearer = _through("scale=208:368:flags=bicubic,crop=192:340:exact=1")
    assert (pictures[0] == untouched[2][0]).all()
    assert np.abs(pictures[-1] - nearer[-1]).mean() < 0.5


@pytest.mark.parametrize("flip", ["hflip", "vflip"])
def test_a_zoom_does_not_sway(flip):
    chain = _chain(open_filter("zoom", {"scale": 1.08}))

    luma, flipped = (_through(c)[2][:, :340] for c in (chain, f"{flip},{chain},{flip}"))

    assert np.abs(luma - flipped).mean() < 0.5

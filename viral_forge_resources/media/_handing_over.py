"""Where the finished picture leaves the graph: to the encoder, and sampled, for a comparison."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from viral_forge_resources.media import filtergraph
from viral_forge_resources.media._codecs import Encoder
from viral_forge_resources.media.fidelity import Sample, kept_arguments, sampling

_FILE = "encoded.graph"
_ENCODED, _SEEN = "[encoded]", "[seen]"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """How FFmpeg is told of it.

    Attributes:
        file: that holds the graph.
        picture: label of what is encoded.
        second_output: arguments behind those of the clip.
    """

    file: str
    picture: str
    second_output: tuple[str, ...] = ()


def handed_over(
    folder: Path, graph_file: str, encoder: Encoder, samples: Sequence[Sample]
) -> HandedOver:
    """The graph in ``graph_file`` with what ``encoder`` and the sampling want behind it."""
    if not encoder.last_filters and not samples:
        return HandedOver(file=graph_file, picture=filtergraph.PICTURE)
    last = encoder.last_filters or "null"
    more = f"{filtergraph.PICTURE}{last}{_ENCODED}"
    if samples:
        more = (
            f"{filtergraph.PICTURE}split[shown][given];\n[shown]{last}{_ENCODED};\n"
            f"[given]{sampling(samples)}{_SEEN}"
        )
    (folder / _FILE).write_text(f"{(folder / graph_file).read_text()};\n{more}")
    return HandedOver(
        file=_FILE, picture=_ENCODED, second_output=kept_arguments(_SEEN) if samples else ()
    )

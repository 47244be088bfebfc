"""How pictures of reports look: one palette, one type, on screens light and dark and on paper."""

from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from typing import Any

INK = "#1b1f24"
MUTED = "#5b6570"
RULE = "#d9dee4"
PAPER = "#ffffff"

# Source: M. Okabe, K. Ito, Color Universal Design (2008), https://jfly.uni-koeln.de/color/;
# without the yellow, which white paper swallows. The order keeps neighbours apart in grey, too.
SERIES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00")
MARKERS = ("o", "s", "^", "D", "v", "P")

DARK = {
    INK: "#e6e9ed",
    MUTED: "#a3adb8",
    RULE: "#363d46",
    PAPER: "#14171b",
    "#0072b2": "#4aa8e0",
    "#d55e00": "#f08a4b",
    "#009e73": "#35c79b",
    "#cc79a7": "#dd9bc0",
    "#56b4e9": "#8fd0f5",
    "#e69f00": "#f2bd4b",
}
"""What each colour becomes on a dark screen."""

_RC: dict[Any, Any] = {
    "font.family": ["DejaVu Sans"],
    "font.size": 8,
    "text.color": INK,
    "text.parse_math": False,  # a title with two dollar signs is no formula
    "axes.edgecolor": RULE,
    "axes.labelcolor": MUTED,
    "axes.labelsize": 8,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "grid.color": RULE,
    "grid.linewidth": 0.6,
    "xtick.color": RULE,
    "ytick.color": RULE,
    "xtick.labelcolor": MUTED,
    "ytick.labelcolor": MUTED,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "xtick.major.size": 0,
    "xtick.major.pad": 6,
    "ytick.major.size": 0,
    "xtick.minor.size": 0,
    "ytick.minor.size": 0,
    "figure.facecolor": "none",
    "savefig.facecolor": "none",
    "legend.frameon": False,
    "legend.fontsize": 8,
    "lines.linewidth": 1.8,
    "lines.markersize": 4,
    "svg.fonttype": "none",
    "svg.hashsalt": "viral_forge",
    "pdf.fonttype": 42,
}


@contextmanager
def styled() -> Generator[None]:
    """What is drawn inside looks like ours."""
    import matplotlib as mpl

    with mpl.rc_context(_RC):
        yield


def writable(text: str, *, longest: int | None = None) -> str:
    """``text`` as the type can write it: one line, a box for each character that it lacks."""
    known = _characters()
    line = " ".join(text.split())
    if longest is not None and len(line) > longest:
        line = f"{line[: longest - 1]}\u2026"
    return "".join(each if ord(each) in known else "\u25a1" for each in line)


@cache
def _characters() -> frozenset[int]:
    from matplotlib.font_manager import FontProperties, findfont, get_font

    font = get_font(findfont(FontProperties(family=["DejaVu Sans"])))
    return frozenset(font.get_charmap())

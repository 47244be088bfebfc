"""Numbers that look like chance and are the same for the same reason."""

import hashlib

_BITS = 53
"""As many as a float holds exactly."""


def share(*of: object) -> float:
    """A number in [0, 1), evenly spread over different ``of``; by what their texts say."""
    told = "\x1f".join(str(each) for each in of)
    digest = hashlib.sha256(told.encode()).digest()
    return (int.from_bytes(digest[:8], "big") >> (64 - _BITS)) / (1 << _BITS)


def between(least: float, most: float, *of: object) -> float:
    """A number from ``least`` up to ``most``."""
    return least + (most - least) * share(*of)

"""Weights in ONNX that were written for pictures of one size, made to take any.

Only the few parts of the format that this needs are read; everything else is copied as it is.

Source: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
"""

from collections.abc import Iterator

_IR_VERSION, _GRAPH = 1, 7  # of a model
_INPUT, _OUTPUT = 11, 12  # of a graph
_LENGTHY = 2
_SIZES_BY_WIRE = {1: 8, 5: 4}

_LEAST_IR_VERSION = 4
"""Before, all weights had to be inputs too: nothing can be worked out beforehand."""

_FIXED_LENGTH, _ANY_LENGTH = b"\x0a\x02\x08", b"\x0a\x02\x12\x00"
"""A dimension with a number, and one whose name is empty: any number."""

_COLOURS = 3


def any_size(model: bytes) -> bytes:
    """``model`` with one input, any number of pictures of any size.

    What comes out of it keeps its order; weights can no longer be given with a picture.
    """
    parts: list[bytes] = []
    for number, whole, content in _fields(model):
        if number == _IR_VERSION:
            parts.append(_number(_IR_VERSION << 3) + _number(max(content[0], _LEAST_IR_VERSION)))
        elif number == _GRAPH:
            graph = b"".join(_graph_parts(content))
            parts.append(_number(_GRAPH << 3 | _LENGTHY) + _number(len(graph)) + graph)
        else:
            parts.append(whole)
    return b"".join(parts)


def _graph_parts(graph: bytes) -> Iterator[bytes]:
    has_input = False
    for number, whole, _ in _fields(graph):
        if number == _INPUT:
            if not has_input:
                yield _of_any_length(whole)
            has_input = True
        else:
            yield _of_any_length(whole) if number == _OUTPUT else whole


def _of_any_length(described: bytes) -> bytes:
    """The first dimension counts pictures; the number of colours is what stays."""
    for length in set(range(1, 128)) - {_COLOURS}:
        described = described.replace(_FIXED_LENGTH + bytes([length]), _ANY_LENGTH)
    return described


def _fields(message: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Number, all bytes and content of each field."""
    at = 0
    while at < len(message):
        start = at
        key, at = _read_number(message, at)
        wire = key & 7
        begin = at
        if wire == 0:
            _, at = _read_number(message, at)
        elif wire == _LENGTHY:
            length, begin = _read_number(message, at)
            at = begin + length
        else:
            at += _SIZES_BY_WIRE[wire]
        yield key >> 3, message[start:at], message[begin:at]


def _read_number(message: bytes, at: int) -> tuple[int, int]:
    """Seven bits a byte, the lowest first."""
    value = shift = 0
    while True:
        byte = message[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:  # noqa: PLR2004  the last one
            return value, at


def _number(value: int) -> bytes:
    written = bytearray()
    while value > 127:  # noqa: PLR2004
        written.append(value & 127 | 128)
        value >>= 7
    return bytes([*written, value])

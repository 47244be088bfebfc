"""Runs every benchmark; exit status 1 if one is out of bounds."""

import sys

from benchmarks import (
    analysis,
    candidate_run,
    captions,
    importing,
    long_source,
    posting,
    recipes,
    render,
    scanning,
    sensor_tick,
    shortlisting,
    uploading,
)

_ALL = (
    render,
    analysis,
    long_source,
    recipes,
    captions,
    importing,
    candidate_run,
    scanning,
    shortlisting,
    sensor_tick,
    posting,
    uploading,
)

sys.exit(max([benchmark.main() for benchmark in _ALL]))

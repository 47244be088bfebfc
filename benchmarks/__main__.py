"""Runs every benchmark; exit status 1 if one is out of bounds."""

import sys

from benchmarks import (
    analysis,
    candidate_run,
    captions,
    comparing,
    due_readings,
    explaining,
    importing,
    learning,
    long_source,
    measuring,
    posting,
    recipes,
    render,
    reporting,
    rivals,
    scanning,
    sensor_tick,
    shortlisting,
    uploading,
)
from benchmarks._measure import machine

_ALL = (
    render,
    analysis,
    long_source,
    recipes,
    comparing,
    rivals,
    captions,
    importing,
    candidate_run,
    scanning,
    shortlisting,
    sensor_tick,
    posting,
    measuring,
    due_readings,
    explaining,
    uploading,
    learning,
    reporting,
)

print(machine())
sys.exit(max([benchmark.main() for benchmark in _ALL]))

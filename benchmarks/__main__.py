"""Runs every benchmark; exit status 1 if one is out of bounds."""

import sys

from benchmarks import candidate_run, importing, render

sys.exit(0 if all([render.measure(), importing.measure(), candidate_run.measure()]) else 1)

"""Runs every benchmark; exit status 1 if one is out of bounds."""

import sys

from benchmarks import candidate_run, importing, render

sys.exit(max([render.main(), importing.main(), candidate_run.main()]))

"""Importing the definitions: how long it takes, and that it reaches no network.

Baseline: importing Dagster alone, which every code location pays.
"""

import statistics
import subprocess
import sys
import time

MOST_S = 2.0
_ROUNDS = 5
_NO_NETWORK = """
import sys
def refuse(event, arguments):
    if event in {"socket.connect", "socket.getaddrinfo"}:
        raise SystemExit(f"reached for the network: {event} {arguments}")
sys.addaudithook(refuse)
import """


def measure() -> bool:
    """Print the figure; True if it is within bounds."""
    ours, baseline = [], []
    for _ in range(_ROUNDS):
        baseline.append(_import_s("dagster"))
        ours.append(_import_s("viral_forge_assets.definitions"))
    taken = statistics.median(ours)
    print(
        f"importing viral_forge_assets.definitions: {taken:.2f} s (at most {MOST_S}),"
        f" {taken / statistics.median(baseline):.2f}x dagster alone, no network"
    )
    return taken <= MOST_S


def _import_s(module: str) -> float:
    started = time.monotonic()
    subprocess.run([sys.executable, "-c", _NO_NETWORK + module], check=True)  # noqa: S603  our own words
    return time.monotonic() - started

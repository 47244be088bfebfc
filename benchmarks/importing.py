"""Importing the definitions: how long it takes, and that it reaches no network.

Baseline: importing Dagster alone, which every code location pays. Modules are compiled already, as
they are from the second run on.
"""

import os
import subprocess
import sys
import tempfile

from benchmarks._measure import in_turn, median_cpu_s, median_wall_s, report

_LIMIT_S = 2.0
_NO_NETWORK = """
import sys
def refuse(event, arguments):
    if event in {"socket.connect", "socket.getaddrinfo"}:
        raise SystemExit(f"reached for the network: {event} {arguments}")
sys.addaudithook(refuse)
import """


def main() -> int:
    """The exit code: 0 where we are within the limit."""
    with tempfile.TemporaryDirectory() as compiled:
        _run(f"{_NO_NETWORK}viral_forge_assets.definitions", compiled)
        costs = in_turn(
            {
                "ours": lambda: _run("import viral_forge_assets.definitions", compiled),
                "dagster": lambda: _run("import dagster", compiled),
            }
        )
    return report(
        "importing the definitions",
        value=median_wall_s(costs["ours"]),
        limit=_LIMIT_S,
        unit="s",
        our_cpu_s=median_cpu_s(costs["ours"]),
        dagster_alone_s=median_wall_s(costs["dagster"]),
        dagster_alone_cpu_s=median_cpu_s(costs["dagster"]),
    )


def _run(code: str, compiled: str) -> None:
    told = {**os.environ, "PYTHONPYCACHEPREFIX": compiled, "PYTHONDONTWRITEBYTECODE": ""}  # noqa: TID251
    subprocess.run([sys.executable, "-c", code], check=True, env=told)  # noqa: S603  our own words


if __name__ == "__main__":
    sys.exit(main())

"""Importing the definitions: how long it takes, and that it reaches no network.

Baseline: importing Dagster alone, which every code location pays.
"""

import subprocess
import sys

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
    costs = in_turn(
        {
            "ours": lambda: _import("viral_forge_assets.definitions"),
            "dagster": lambda: _import("dagster"),
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


def _import(module: str) -> None:
    subprocess.run([sys.executable, "-c", _NO_NETWORK + module], check=True)  # noqa: S603  our own words


if __name__ == "__main__":
    sys.exit(main())

"""Answers with what it was asked for, whatever it prints meanwhile."""

import time

from viral_forge_resources.workers.parts.answering import Job, serve


def _echo(job: Job) -> dict[str, object]:
    began = time.monotonic()
    print('{"answer": "noise"}', flush=True)  # noqa: T201  libraries do that
    return {"arguments": dict(job.arguments), "folder": job.folder, "from": began, "to": _later()}


def _later() -> float:
    ends = time.monotonic() + 0.05
    while time.monotonic() < ends:
        pass
    return time.monotonic()


if __name__ == "__main__":
    serve(_echo)

"""Fails as it is told."""

import os

from viral_forge_resources.workers.parts.answering import Job, JobError, serve


def _fail(job: Job) -> object:
    how = job.arguments["how"]
    if how == "flood":
        return "x" * 20_000_000
    if how == "hunger":
        return len(bytearray(8 << 30))
    if how == "refusal":
        raise JobError("status", "https://example.com/", status=429, retry_after="90")
    if how == "death":
        os._exit(3)
    raise ZeroDivisionError("https://example.com/?token=s3cret")


if __name__ == "__main__":
    serve(_fail)

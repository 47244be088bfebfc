"""Never answers, and has a child that never ends; tells their numbers in a file."""

import os
import signal
import subprocess
from pathlib import Path

from viral_forge_resources.workers.parts.answering import Job, serve


def _hang(job: Job) -> None:
    child = subprocess.Popen(["/bin/sleep", "600"])
    Path(job.arguments["file"]).write_text(f"{os.getpid()} {child.pid}", encoding="utf-8")
    signal.pause()


if __name__ == "__main__":
    serve(_hang)

"""Which video encoder a clip is made with.

An encoder that FFmpeg lists need not work here: a trial of a few pictures tells, in the very words
of a render.
"""

import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.media._codecs import CPU, HARDWARE, X264, Encoder
from viral_forge_resources.media.ffmpeg import BARE_ENVIRONMENT, Finished, explained

AUTO = "auto"
ENCODER_NAMES = (AUTO, CPU, *HARDWARE)

_GPUS = Path("/dev/dri")

_TRIAL = "testsrc2=s=256x448:r=30"
_TRIAL_FRAMES = 30
_TRIAL_CRF, _TRIAL_PRESET = 21, "veryfast"
_ABSENT = ("Unknown encoder", "Unrecognized option")
_TRIAL_S = 30
"""A driver that hangs is one that does not work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How an encoder did.

    Attributes:
        trouble: why it cannot be used; None where it can.
        varies: it gave other bytes for the same pictures.
    """

    encoder: Encoder
    trouble: str | None
    varies: bool = False
    before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The encoder that is used now.

    Attributes:
        note: why it is not the one that was asked for, or what to know of it.
        before: FFmpeg's options ahead of the inputs.
    """

    encoder: Encoder
    note: str | None = None
    before: tuple[str, ...] = ()


class Encoders:
    """What the encoders of one FFmpeg can do on this machine; each is tried once.

    Args:
        binary: FFmpeg.
        gpus: folder of device files.
    """

    def __init__(self, binary: str, *, gpus: Path = _GPUS) -> None:
        self._binary = binary
        self._gpus = gpus
        self._trials: dict[str, Trial] = {}
        self._given_up: dict[str, str] = {}

    def choice(self, wanted: str) -> Choice:
        """The encoder for ``wanted``, one of ``ENCODER_NAMES``: libx264 where nothing else works.

        Left to choose, only an encoder that gave the same bytes twice is taken: an approval is of
        bytes, and a clip that is rendered again keeps it.
        """
        if wanted == CPU:
            return Choice(encoder=X264)
        refused = []
        for name in HARDWARE if wanted == AUTO else (wanted,):
            trial = self.trial(name)
            why = self._given_up.get(name) or trial.trouble
            if why is None and trial.varies and wanted == AUTO:
                why = "gives other bytes for the same pictures"
            if why is None:
                return Choice(encoder=trial.encoder, note=_caution(trial), before=trial.before)
            refused.append(f"{name}: {why}")
        return Choice(encoder=X264, note=f"on the CPU, for {'; '.join(refused)}")

    def trial(self, name: str) -> Trial:
        """How the hardware encoder ``name`` did."""
        if name not in self._trials:
            self._trials[name] = self._tried(HARDWARE[name])
        return self._trials[name]

    def give_up(self, encoder: Encoder, reason: str) -> None:
        """Use it no more in this process."""
        self._given_up[encoder.name] = reason

    def _tried(self, encoder: Encoder) -> Trial:
        before: tuple[str, ...] = ()
        if encoder.needs_gpu_file:
            device = next(iter(sorted(self._gpus.glob("renderD*"))), None)
            if device is None:
                return Trial(encoder=encoder, trouble=f"there is no GPU in {self._gpus}")
            before = ("-vaapi_device", str(device))
        command = [self._binary, *before, *_trial_arguments(encoder)]
        trouble, first = _outcome(command)
        if trouble is not None:
            return Trial(encoder=encoder, trouble=trouble)
        trouble, second = _outcome(command)
        return Trial(encoder=encoder, trouble=trouble, varies=first != second, before=before)


def encoded(
    run: Callable[[Choice], Finished], encoders: Encoders, wanted: str
) -> tuple[Finished, Choice]:
    """What ``run`` comes to with the encoder for ``wanted``, and the encoder that did it.

    Where hardware fails, libx264 has one go. If that works, it was the hardware, which is then used
    no more; if it fails as well it was the source, and what it said of that is raised.
    """
    choice = encoders.choice(wanted)
    try:
        return run(choice), choice
    except BadInput as error:
        if choice.encoder is X264:
            raise
        reason = f"gave up in the middle of a clip: {error.reason}"
    finished = run(Choice(encoder=X264))
    encoders.give_up(choice.encoder, reason)
    note = f"on the CPU, for {choice.encoder.name}: {reason}"
    return finished, Choice(encoder=X264, note=note)


@cache
def encoders_of(binary: str) -> Encoders:
    """What is known of the encoders of the FFmpeg at ``binary``, for this process."""
    return Encoders(binary)


def _caution(trial: Trial) -> str | None:
    if not trial.varies:
        return None
    return "its bytes differ from render to render: one that is made again wants a new approval"


def _trial_arguments(encoder: Encoder) -> Sequence[str]:
    filters = ("-vf", encoder.last_filters) if encoder.last_filters else ()
    return (
        *("-nostdin", "-hide_banner", "-loglevel", "level+error"),
        *("-f", "lavfi", "-i", _TRIAL, *filters, "-frames:v", str(_TRIAL_FRAMES)),
        *("-c:v", encoder.codec, *encoder.options(_TRIAL_CRF, _TRIAL_PRESET)),
        *("-fflags", "+bitexact", "-flags:v", "+bitexact", "-f", "md5", "-"),
    )


def _outcome(command: Sequence[str]) -> tuple[str | None, str]:
    """What went wrong, if anything, and a digest of the bytes."""
    try:
        done = subprocess.run(  # noqa: S603  our own binary and words
            command,
            env=BARE_ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="backslashreplace",
            timeout=_TRIAL_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"no answer within {_TRIAL_S} s", ""
    if done.returncode == 0:
        return None, done.stdout
    said = explained(done.stderr.splitlines())
    if any(line.startswith(_ABSENT) for line in said):
        return "this FFmpeg has none", ""
    return said[0] if said else f"exit code {done.returncode}", ""

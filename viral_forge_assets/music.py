"""Which music may be used: what the folder holds, and what the rights ledger says of it."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from viral_forge_assets.clearance import material_verdict
from viral_forge_assets.domain.soundtrack import MusicOffer
from viral_forge_resources.contracts.rights import RightsVerdict
from viral_forge_resources.contracts.sound import MusicShelf, Track
from viral_forge_resources.state import rights as rights_state

_HOW = "State the licence in a sidecar NAME.json beside it."


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedTrack:
    """A track and whether it may be part of clips."""

    track: Track
    verdict: RightsVerdict

    @property
    def refusal(self) -> str | None:
        """Why it may not be used and what helps, None if it may."""
        if self.verdict.is_allowed:
            return None
        return f"{self.track.path.name} may not be used: {self.verdict.reason}. {_HOW}"


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedShelf:
    """The music folder as the rights ledger sees it."""

    tracks: tuple[JudgedTrack, ...]
    problems: tuple[str, ...]

    @property
    def allowed(self) -> tuple[Track, ...]:
        """What may be used."""
        return tuple(each.track for each in self.tracks if each.verdict.is_allowed)

    @property
    def refusals(self) -> tuple[str, ...]:
        """Why each of the others may not."""
        refused = [each.refusal for each in self.tracks if each.refusal is not None]
        return (*refused, *self.problems)

    def offer(self) -> MusicOffer:
        """What a recipe may choose from."""
        none_because = None
        if not self.allowed:
            count = len(self.tracks) + len(self.problems)
            none_because = (
                f"none of the {count} tracks in the folder may be used"
                if count
                else "the folder is empty"
            )
        licences = (each.verdict.licence or "" for each in self.tracks if each.verdict.is_allowed)
        return MusicOffer(tracks=self.allowed, none_because=none_because, licences=tuple(licences))


def judge_music(
    connection: sa.Connection, shelf: MusicShelf, *, is_monetised: bool, now: datetime
) -> JudgedShelf:
    """Write into the ledger what the sidecars state, and ask it for each track."""
    judged = []
    for track in shelf.tracks:
        if track.stated is not None:
            rights_state.append(connection, track.stated)
        verdict = material_verdict(connection, track.work, now=now, is_monetised=is_monetised)
        judged.append(JudgedTrack(track=track, verdict=verdict))
    return JudgedShelf(
        tracks=tuple(judged), problems=tuple(str(problem) for problem in shelf.problems)
    )

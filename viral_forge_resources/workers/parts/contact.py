"""Whether a site ever answered yt-dlp, which does not always say so."""

from typing import Any


class Contact:
    """Watches what a ``YoutubeDL`` asks for.

    Some extractors go on without a page that they could not get, and then say that what they look
    for is not there: TikTok's accounts, for one.
    """

    def __init__(self, lister: Any) -> None:  # noqa: ANN401  yt-dlp is not typed
        self._ask = lister.urlopen
        self._has_answered = False
        self._failed: BaseException | None = None
        lister.urlopen = self._urlopen

    @property
    def failure(self) -> BaseException | None:
        """Why nothing was ever answered; None if something was, or nothing asked for."""
        return None if self._has_answered else self._failed

    def _urlopen(self, request: Any) -> Any:  # noqa: ANN401  yt-dlp is not typed
        from yt_dlp.networking.exceptions import RequestError

        try:
            response = self._ask(request)
        except RequestError as error:
            self._failed = error
            raise
        self._has_answered = True
        return response

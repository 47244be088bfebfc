"""A web of given answers."""

import asyncio
from collections.abc import Mapping

from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.web import WebAnswer, WebRequest


class FakeWeb:
    """Answers with what it was given for an address, never where that is None, else as missing."""

    def __init__(self, answers: Mapping[str, bytes | None]) -> None:
        self.answers = answers
        self.asked: list[WebRequest] = []

    async def send(self, request: WebRequest) -> WebAnswer:
        """See ``contracts.web.Web``."""
        self.asked.append(request)
        if request.url not in self.answers:
            raise BadInput(request.url, reason="is not there", remedy="Check the address.")
        body = self.answers[request.url]
        if body is None:
            await asyncio.Event().wait()
        return WebAnswer(name=request.url, status=200, headers={}, body=body or b"")

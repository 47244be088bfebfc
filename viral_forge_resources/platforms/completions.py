"""What providers of the chat-completions form have in common: prompts, answers, prices."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field
from pydantic_settings import NoDecode

from viral_forge_resources.contracts.errors import UnexpectedAnswer, printable
from viral_forge_resources.contracts.llm import Answer, Estimate, Question
from viral_forge_resources.platforms.reading import count, inside
from viral_forge_resources.settings import comma_separated

Message = dict[str, str]
Models = Annotated[tuple[str, ...], NoDecode, BeforeValidator(comma_separated)]
"""A setting: names of models, comma-separated."""

_PER_MILLION = 1_000_000
_GO_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?")
_MOST_CHARACTERS_QUOTED = 200


class Price(BaseModel):
    """What a model costs, in US dollars per million tokens."""

    prompt: float = Field(ge=0)
    completion: float = Field(ge=0)

    def of(self, prompt_tokens: int, completion_tokens: int) -> float:
        """US dollars for that many tokens."""
        spent = prompt_tokens * self.prompt + completion_tokens * self.completion
        return spent / _PER_MILLION


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One completion as a provider gave it."""

    text: str
    prompt_tokens: int | None
    completion_tokens: int | None


def messages_of(question: Question) -> list[Message]:
    """The conversation that asks ``question``; what comes from outside is set apart as data."""
    schema = json.dumps(question.schema, ensure_ascii=False)
    return [
        {
            "role": "system",
            "content": f"{question.instructions}\n\nAnswer with one JSON document, and nothing "
            f"else, that follows this JSON schema:\n{schema}",
        },
        {"role": "user", "content": question.material},
    ]


def most_of(question: Question, price: Price | None) -> Estimate:
    """The most that ``question`` can cost: asked twice, and no token is shorter than a byte."""
    sent = sum(len(message["content"].encode()) for message in messages_of(question))
    prompt, completion = sent * 2 + question.max_tokens, question.max_tokens * 2
    return Estimate(
        tokens=prompt + completion, cost_usd=price.of(prompt, completion) if price else None
    )


def ask_twice(
    question: Question,
    complete: Callable[[Sequence[Message]], Said],
    *,
    provider: str,
    model: str,
    price: Price | None,
) -> Answer:
    """The document that a model answers; one that breaks the schema is sent back to it once.

    Raises:
        UnexpectedAnswer: the second answer breaks it, too.
    """
    messages = messages_of(question)
    said = complete(messages)
    spent = [said]
    try:
        document = _document(said, question)
    except UnexpectedAnswer as error:
        mended = [
            *messages,
            {"role": "assistant", "content": said.text},
            {"role": "user", "content": f"That cannot be used: {error}. Answer again."},
        ]
        said = complete(mended)
        spent.append(said)
        document = _document(said, question)
    prompt = _total([each.prompt_tokens for each in spent])
    completion = _total([each.completion_tokens for each in spent])
    return Answer(
        document=document,
        provider=provider,
        model=model,
        prompt_tokens=prompt,
        completion_tokens=completion,
        cost_usd=_cost(price, prompt, completion),
    )


def _cost(price: Price | None, prompt: int | None, completion: int | None) -> float | None:
    if price is None or prompt is None or completion is None:
        return None
    return price.of(prompt, completion)


def _total(counts: list[int | None]) -> int | None:
    known = [each for each in counts if each is not None]
    return sum(known) if len(known) == len(counts) else None


def _document(said: Said, question: Question) -> Any:  # noqa: ANN401  the schema's document
    from jsonschema import Draft202012Validator

    quoted = printable(said.text[:_MOST_CHARACTERS_QUOTED])
    try:
        document = json.loads(said.text)
    except ValueError as error:
        raise UnexpectedAnswer(f"the model's answer is no JSON: {quoted}") from error
    problem = next(Draft202012Validator(question.schema).iter_errors(document), None)
    if problem is not None:
        where = problem.json_path
        raise UnexpectedAnswer(
            f"the model's answer breaks the schema at {where} ({problem.validator}): {quoted}"
        )
    return document


def said_in(answer: object, *, name: str) -> Said:
    """The completion in a ``chat.completion`` document.

    Raises:
        UnexpectedAnswer: there is none, or it was cut off at the token limit.
    """
    text = inside(answer, "choices", 0, "message", "content")
    if inside(answer, "choices", 0, "finish_reason") == "length":
        raise UnexpectedAnswer(f"{name}: the answer was cut off at the token limit.")
    if not isinstance(text, str) or not text.strip():
        raise UnexpectedAnswer(f"{name}: the answer holds no message.")
    return Said(
        text=text,
        prompt_tokens=count(inside(answer, "usage", "prompt_tokens")),
        completion_tokens=count(inside(answer, "usage", "completion_tokens")),
    )


def response_format(question: Question, structured: str) -> dict[str, Any] | None:
    """How a provider is asked for JSON; None where it has no way of its own.

    ``strict`` and ``schema`` send the schema, ``object`` asks for any JSON document.
    """
    if structured == "none":
        return None
    if structured == "object":
        return {"type": "json_object"}
    schema = {
        "name": question.schema_name,
        "strict": structured == "strict",
        "schema": question.schema,
    }
    return {"type": "json_schema", "json_schema": schema}


def go_duration(text: str | None) -> timedelta | None:
    """A duration as Go prints it, such as ``2m59.56s``; None for anything else."""
    match = _GO_DURATION.fullmatch(text.strip()) if text else None
    if match is None:
        return None
    hours, minutes, seconds, milliseconds = (float(part or 0) for part in match.groups())
    return timedelta(hours=hours, minutes=minutes, seconds=seconds, milliseconds=milliseconds)


def waits_for(headers: Mapping[str, str]) -> timedelta | None:
    """How long to wait before the next call because an allowance is used up; None if none is.

    Source: the ``x-ratelimit-remaining-*`` and ``-reset-*`` headers of console.groq.com/docs.
    """
    waits = [
        go_duration(headers.get(f"x-ratelimit-reset-{what}"))
        for what in ("requests", "tokens")
        if headers.get(f"x-ratelimit-remaining-{what}") == "0"
    ]
    return max((wait for wait in waits if wait is not None), default=None)

"""Translates captions by language models: asked once for the same words, and stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from viral_forge_assets.asking import Asker
from viral_forge_assets.domain.sentences import Sentence, sentences_of
from viral_forge_assets.domain.translation import (
    TRANSLATION_VERSION,
    Translation,
    batches,
    is_same_language,
    translated_words,
    translation_question,
)
from viral_forge_assets.provenance import keep, kept, made_from
from viral_forge_resources.contracts.keys import CandidateKey
from viral_forge_resources.contracts.llm import Answer, LanguageModel
from viral_forge_resources.contracts.media import Word
from viral_forge_resources.contracts.storage import Storage
from viral_forge_resources.documents import document_hash

_HASH_LENGTH = 16
Number = TypeVar("Number", int, float)


@dataclass(frozen=True, slots=True, kw_only=True)
class Translator:
    """Translates what is said in one candidate's clips.

    Attributes:
        models: in the order in which they are asked; where none answers, the original stays.
    """

    key: CandidateKey
    storage: Storage
    asker: Asker
    models: Sequence[LanguageModel]

    def translate(
        self, words: Sequence[Word], *, language: str | None, to: str | None
    ) -> Translation:
        """``words`` in the language ``to``, or as they are, with the reason."""
        if to is None or not words:
            return _as_it_is(words, language, "")
        if is_same_language(language, to):
            return _as_it_is(words, language, f"not translated: it is {language} already")
        if not self.models:
            return _as_it_is(
                words, language, f"not translated to {to}: no language model is set up"
            )
        origin = made_from(words=document_hash(tuple(words)), to=to, version=TRANSLATION_VERSION)
        document = self.key.storage_key("captions", f"translation-{origin[:_HASH_LENGTH]}.json")
        found = kept(self.storage, document, Translation, origin=origin)
        if found is None:
            found = self._ask(words, language, to)
            if found.is_translated:
                keep(self.storage, document, found, origin=origin)
        return found

    def _ask(self, words: Sequence[Word], language: str | None, to: str) -> Translation:
        translated: list[Word] = []
        answers: list[Answer] = []
        for batch in batches(sentences_of(words)):
            heard = self.asker.first(
                self.models,
                translation_question(batch, to=to, language=language),
                partial(_read, batch),
            )
            if heard.said is None:
                why = "; ".join(heard.fallen_through)
                return _as_it_is(words, language, f"not translated to {to}: {why}")
            answers.append(heard.said[0])
            translated += heard.said[1]
        by = dict.fromkeys(f"{each.provider} {each.model}" for each in answers)
        return Translation(
            words=tuple(translated),
            language=to,
            note=f"translated to {to} by {', '.join(by)}",
            is_translated=True,
            prompt_tokens=_total([each.prompt_tokens for each in answers]),
            completion_tokens=_total([each.completion_tokens for each in answers]),
            cost_usd=_total([each.cost_usd for each in answers]),
        )


def _read(batch: Sequence[Sentence], answer: Answer) -> tuple[Answer, tuple[Word, ...]]:
    return answer, translated_words(batch, answer)


def _total(numbers: list[Number | None]) -> Number | None:
    known = [each for each in numbers if each is not None]
    return sum(known) if len(known) == len(numbers) else None


def _as_it_is(words: Sequence[Word], language: str | None, note: str) -> Translation:
    return Translation(words=tuple(words), language=language, note=note, is_translated=False)

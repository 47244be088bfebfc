"""``niches.yaml``: niches as a file that people keep beside their code."""

from collections.abc import Iterator
from typing import Annotated, Any

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError

from viral_forge_assets.domain.niches import (
    REMEDY,
    Known,
    NicheDescription,
    Place,
    described_problems,
    shown_place,
)
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.keys import checked_niche_name
from viral_forge_resources.contracts.scanning import Niche


def _niche_name(name: str) -> str:
    try:
        return checked_niche_name(name)
    except BadInput as error:
        raise ValueError(f"{error.reason}; {error.remedy.removesuffix('.')}") from error


_Name = Annotated[str, AfterValidator(_niche_name)]


class _NichesFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    niches: dict[
        _Name,
        Annotated[NicheDescription, BeforeValidator(lambda said: {} if said is None else said)],
    ]


def parse_niches(content: bytes, *, name: str, known: Known) -> tuple[Niche, ...]:
    """The niches of a YAML file that people know as ``name``.

    Raises:
        BadInput: names everything that is wrong with it, each with its line.
    """
    root, value, repeated = _read_yaml(content, name)
    problems = [(_line(root, loc), shown_place(loc), "stands there twice") for loc in repeated]
    niches: tuple[Niche, ...] = ()
    try:
        file = _NichesFile.model_validate(value, context=known)
        niches = tuple(description.named(each) for each, description in file.niches.items())
    except ValidationError as error:
        found = described_problems(error, ("niches",))
        problems += [(_line(root, loc), shown_place(loc), message) for loc, message in found]
    if problems:
        told = "".join(f"\n  line {line}: {path}: {message}" for line, path, message in problems)
        raise BadInput(name, reason=f"cannot be taken:{told}", remedy=REMEDY)
    return niches


def _read_yaml(content: bytes, name: str) -> tuple[yaml.Node, Any, list[Place]]:
    """The file as nodes that know their line, as values, and the keys that stand in it twice."""
    loader = None
    try:
        loader = yaml.SafeLoader(content)
        root = loader.get_single_node()
        if root is None:
            raise BadInput(name, reason="is empty", remedy="Its first key is `niches`.")
        repeated = list(_repeated(root))  # before values are made: that copies merged keys over
        return root, loader.construct_document(root), repeated
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        told = " ".join(str(error).split())
        raise BadInput(name, reason=f"is no YAML: {told}", remedy=REMEDY) from error
    finally:
        if loader is not None:
            loader.dispose()


def _repeated(node: yaml.Node, place: Place = ()) -> Iterator[Place]:
    """Keys that stand twice in one mapping: the first would be lost without a word."""
    if not isinstance(node, yaml.MappingNode):
        return
    seen = set()
    for key, value in node.value:
        name = str(key.value)
        if name in seen:
            yield (*place, name)
        seen.add(name)
        yield from _repeated(value, (*place, name))


def _line(root: yaml.Node, loc: Place) -> int:
    """Line of the innermost part of ``loc`` that is in the file; of keys that repeat, the last."""
    node, line = root, root.start_mark.line
    for part in loc:
        if isinstance(node, yaml.MappingNode):
            found = [pair for pair in node.value if str(pair[0].value) == str(part)]
            if not found:
                break
            key, node = found[-1]
            line = key.start_mark.line
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            node = node.value[part]
            line = node.start_mark.line
        else:
            break
    return line + 1

"""The hooks a plugin may implement: one per kind, no arguments, each returns classes (models: facts).

A plugin is a module in the entry-point group `ftprep`. It sets `FTPREP_API = 1` and marks functions of these names
with `@ftprep.hookimpl`. Nothing else has to be learnt to register a step.
"""

from __future__ import annotations

from collections.abc import Sequence

import pluggy

from .steps import Check, Gather, Map, ModelFacts, Reader, Select, Tokenizer, Uploader, Writer

hookspec = pluggy.HookspecMarker("ftprep")
hookimpl = pluggy.HookimplMarker("ftprep")

FTPREP_API = 1
"""The version of the plugin contract. It grows by addition; a plugin made for another number is not loaded."""


@hookspec
def ftprep_readers() -> Sequence[type[Reader]]:  # type: ignore[empty-body]
    """Readers, for `read:`."""


@hookspec
def ftprep_transformers() -> Sequence[type[Gather] | type[Map] | type[Select]]:  # type: ignore[empty-body]
    """Transformers, for `transform:` and a writer's `steps:`."""


@hookspec
def ftprep_checks() -> Sequence[type[Check]]:  # type: ignore[empty-body]
    """Checks, for `check:`."""


@hookspec
def ftprep_writers() -> Sequence[type[Writer]]:  # type: ignore[empty-body]
    """Writers, for `write:`."""


@hookspec
def ftprep_uploaders() -> Sequence[type[Uploader]]:  # type: ignore[empty-body]
    """Uploaders, for `upload:`."""


@hookspec
def ftprep_tokenizers() -> Sequence[type[Tokenizer]]:  # type: ignore[empty-body]
    """Tokenizers, named by the facts of models."""


@hookspec
def ftprep_models() -> Sequence[ModelFacts]:  # type: ignore[empty-body]
    """Facts about models: tokenizer, limits, formats, prices with their date."""

"""New plugin projects: what kinds there are, and the templates they are made of."""

from __future__ import annotations

KINDS = {
    "reader": "ftprep_readers",
    "gather": "ftprep_transformers",
    "map": "ftprep_transformers",
    "select": "ftprep_transformers",
    "check": "ftprep_checks",
    "writer": "ftprep_writers",
    "uploader": "ftprep_uploaders",
    "tokenizer": "ftprep_tokenizers",
    "model": "ftprep_models",
}
"""What a project can be made for, and the hook that offers it."""

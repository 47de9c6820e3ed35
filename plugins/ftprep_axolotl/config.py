"""The config of axolotl that uses the files: its part about data, and what a person has to set."""

from __future__ import annotations

import json

from .wire import TRAIN

UNSET = "SET_THE_MODEL_TO_TUNE"

_HEAD = """\
# How axolotl reads these files. In this folder: axolotl train axolotl.yaml
# Set what is marked; add what else your training needs: adapter, batch size, epochs.
"""
_DATASET = f"""\
  - path: {{path}}
    ds_type: json
    split: train # of the file: what a JSON Lines file has is called so
    type: chat_template
    field_messages: messages
    message_property_mappings:
      role: role
      content: content
      reasoning_content: reasoning_content
    message_field_training: {TRAIN} # true or false in a message; without it the next line decides
    roles_to_train: [assistant]
    train_on_eos: turn
"""


def config(base_model: str | None, *, validation: bool) -> str:
    """The text of `axolotl.yaml`."""
    named = (
        json.dumps(base_model, ensure_ascii=False) if base_model else f"{UNSET} # of the Hugging Face Hub, or a folder"
    )
    tests = "test_datasets:\n" + _DATASET.format(path="validation.jsonl") if validation else ""
    return (
        f"{_HEAD}base_model: {named}\n"
        "chat_template: tokenizer_default # the model's own\n"
        f"datasets:\n{_DATASET.format(path='train.jsonl')}{tests}"
        "val_set_size: 0 # nothing is held out of train.jsonl\n"
        "output_dir: ./model\n"
        "learning_rate: 0.0002 # a usual one for LoRA; set your own\n"
    )

"""What the codes of this plugin's own problems mean."""

from __future__ import annotations

from ftprep import Code

ADVICE = (
    Code("FT338", "There are fewer than 10 examples, and OpenAI takes 10 or more.", "Collect more.", "warning",
         fails="prompt,completion\nWho are you?,A shop.\n",
         passes="prompt,completion\n" + "".join(f"{n} and 1?,{n + 1}.\n" for n in range(10)),
         asks="check: [advice]"),
    Code("FT339", "There are few examples: a first effect is usually seen with 50 to 100.",
         "Collect more, and look whether the answers get better before you collect many.", "advice",
         example="10 to 49 examples."),
    Code("FT345", "A class has fewer than about 100 examples, which were advised for each.",
         "Collect examples of the small classes.", "advice",
         example="200 examples whose answers are one of two words, 30 of them the one."),
    Code("FT346", "There are fewer examples than were advised for what the data is: about 500 for texts that are "
         "written after an input, a few thousand for a chatbot or for texts without an input.",
         "Collect more.", "advice", example="100 questions with different answers."),
    Code("FT347", "Each doubling of the examples was found to help about as much as the one before.",
         "Train on a half too, and see what the other half brings.", "advice", example="100 to 1,999 examples."),
    Code("FT348", "There are more than a few dozen classes, for which numbers were advised as labels.",
         "Write codes with the step 'labels'; the check 'labels' says which are one token.", "advice",
         example="200 examples whose answers are one of 40 words."),
    Code("FT349", "For OpenAI's first models other training parameters than the defaults were advised.",
         "Set them where you train such a model.", "advice", example="10 or more pairs of prompt and completion."),
)  # fmt: skip
"""The advice of OpenAI's guides; the pieces with their sources and dates are in `advice.json`."""

REMOTE = (
    Code("FT601", "The key is missing, or the service refused it: it is wrong, has ended, or belongs to another "
         "project.",
         "Put a key that is valid into the variable that the line names."),
    Code("FT602", "The service does not allow this to the key's owner.",
         "Ask an owner of the organisation for the permission, or use the key of somebody who has it."),
    Code("FT603", "The account has no credit or budget left, or cannot be billed.",
         "Add credit, or raise the limit, in the service's billing settings; waiting does not help."),
    Code("FT604", "The service takes no more requests at the moment, or is still loading the model.",
         "Try again later."),
    Code("FT605", "The service could not be reached, failed, or sent what is no answer of such a service.",
         "Try again later; check the address if that does not help."),
    Code("FT606", "The service has no such file, job or model, or the key may not see it.",
         "Check the name, and that the key belongs to the right project."),
    Code("FT607", "The service refused the request.", "Correct what the line says."),
    Code("FT608", "The service trains this model no longer, or takes no new training at all from this account.",
         "Name another model, or write the files for another service."),
    Code("FT609", "The environment has a say in where requests and the key go, or would have one elsewhere.",
         "Unset the variable, or say in the recipe what is meant.", "warning"),
    Code("FT610", "The model is announced to end soon, and what is trained of it ends with it.",
         "Name a model that stays, if it is to be used for longer.", "warning"),
)  # fmt: skip
"""What happens with services that are spoken to through the `openai` client."""

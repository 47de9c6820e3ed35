"""What the codes of problems mean, and what to do about each. `FT` is ours; a plugin has a prefix of its own."""

from __future__ import annotations

import msgspec

from .errors import Level


class Code(msgspec.Struct, frozen=True):
    """One kind of problem."""

    code: str
    """A prefix in capitals and a number; it never gets another meaning."""
    meaning: str
    """What was found, and why it matters."""
    remedy: str
    """What to do."""
    level: Level = "error"
    """The usual one; an option of the step (`on_fail`) or a milder case may give another."""
    fails: str = ""
    """A small file of data that has it: JSON Lines where it begins with a brace or bracket, else CSV. Tests run it."""
    passes: str = ""
    """The same without it."""
    asks: str = ""
    """What else it takes to find it: options of `ftprep check`, e.g. `--model gpt-4.1-mini`, or YAML that stands in a
    recipe of the file, e.g. `check: [labels]`."""
    file: str = ""
    """The ending of the file, where it is another, e.g. `.json`."""
    example: str = ""
    """What is in a file that has it, in words, where no text can be that file; then tests make one."""
    covers: tuple[str, ...] = ()
    """Codes that say less of the same fault: `ftprep check` does not tell them of a row that has this one."""


CORE = (
    Code("FT001", "The command line cannot be followed: no command is named, or an option or argument is missing, "
         "unknown, or has a value that it does not take.",
         "See the help that the line names."),
    Code("FT002", "The system refused a file: it is not there, there is no permission or no room, or the disk failed.",
         "Check the path, and the disk."),
    Code("FT003", "The command was interrupted. What was there before is as it was.", "Start it again."),
    Code("FT004", "The program failed in a way that nobody thought of.",
         "Set FTPREP_TRACEBACK=1 to see where, and report it."),
    Code("FT010", "A prompt was asked for without a message, so the user's message is empty in it.",
         "Give the conversation with -m user=TEXT.", "advice"),
    Code("FT011", "What a file is for, or which column is its label, was not certain, and nobody could be asked.",
         "Look at the recipe; say it with --task or --label.", "advice"),
    Code("FT100", "The recipe, or what the command was given, cannot be used.",
         "Follow the line: it names the place."),
    Code("FT101", "The recipe's text is not one YAML document: its syntax is broken here, it has an escape that names "
         "no character or a second document, or it is empty.",
         "Correct the line; the hint says what YAML wants there."),
    Code("FT102", "The recipe's file cannot be read as text: it is missing, forbidden, too large, not UTF-8, or has "
         "control characters.",
         "Name a recipe, saved as UTF-8."),
    Code("FT103", "A key stands twice; YAML would silently take the last one.", "Keep one of them."),
    Code("FT104", "YAML reads this otherwise than it looks: an unquoted brace, #, *, &, ! or <<, a backslash outside "
         "double quotes, or a list item that continues the text above.",
         "Quote or indent it as the hint shows."),
    Code("FT105", "The recipe is deeper or larger than any recipe is; aliases may multiply.",
         "Flatten it; give data as a file."),
    Code("FT106", "A key that recipes have not got; it would have no effect.",
         "Correct its name; at the top level, begin it with x- if it is yours."),
    Code("FT107", "A key that a recipe needs is missing, or a value or item is not what stands there.",
         "Write what the hint says."),
    Code("FT108", "'extends' names no recipe that can be read, leads in a circle, or through too many files.",
         "Name a recipe file that does not extend this one."),
    Code("FT109", "A variable of the environment is not set, is named wrongly, stands in a key, or looks like a "
         "secret, which would end up in what is written.",
         "Set it, give a default, or name it in an option that ends in _env."),
    Code("FT110", "--set is not of the form path=value, or its path does not lead to one place of the recipe.",
         "Name it as the recipe does; items by name or [n]."),
    Code("FT111", "A step or the split has no such option, lacks one that it needs, or was given a value that it "
         "refuses.", "Correct it as the line says; 'ftprep plugins info NAME' lists a step's options."),
    Code("FT112", "'as' is no name for a folder on every system, or one of the run folder's own files.",
         "Choose another of letters, digits, '-' and '_'."),
    Code("FT113", "Two writers would write into one folder.", "Give one of them another folder with 'as'."),
    Code("FT114", "The file of a long text ({file: …}) cannot be read.",
         "Correct its path; it is relative to the recipe, and UTF-8."),
    Code("FT115", "The model cannot be tuned with any format that the recipe writes.",
         "Write a format that it takes, or name another model."),
    Code("FT120", "A step that works on whole examples stands where rows are still single rows, or a step gathers rows "
         "of a source that gives whole examples.",
         "Put it after the step that gathers rows; where examples are whole already, leave that step out."),
    Code("FT121", "A step stands where it cannot: a second gathering of rows, or one that gathers, selects or unpacks "
         "in a writer's steps.", "Put it under transform:, or leave it out."),
    Code("FT122", "A step or writer needs messages, and nothing before it makes them.",
         "Put a step that makes messages before it."),
    Code("FT123", "A step that shapes text for completions stands before a chat writer.",
         "Put it into the steps: of a completion writer."),
    Code("FT124", "A step or the split reads a column that the data has not got.", "Name one of its columns."),
    Code("FT125", "The model is not known, so its tokens cannot be counted.",
         "Correct its name, or give {name, tokenizer, context}."),
    Code("FT126", "The tokenizer is not known, so tokens cannot be counted.",
         "Name one of those that the line lists, or install the plugin that has it."),
    Code("FT127", "A step must know the split of each row, and the split is drawn only at the end.",
         "Make the split stable, with 'by', or give it with 'from'."),
    Code("FT130", "An input or side table is missing, is a folder, or is the recipe's own output, or none is named.",
         "Correct the path; it is relative to the recipe."),
    Code("FT131", "No reader knows what this file is.", "Name the reader: read: {READER: PATH}."),
    Code("FT200", "What was to be read is missing, or is not what it is said to be.",
         "Follow the line: it names the file and, where there is one, the row.",
         fails="prompt,completion\n",
         passes="prompt,completion\nHi,Hello.\n"),
    Code("FT201", "A text file is not UTF-8, which is all that services take. Without a byte-order mark its encoding "
         "is guessed from its bytes.",
         "Look at what was read, and save the file as UTF-8.", "warning",
         example="A table saved as Windows-1252, with an ö in a cell."),
    Code("FT202", "A text file begins with a byte-order mark, which many programs take for a part of the first word.",
         "Save it as UTF-8 without a byte-order mark.", "advice", fails="\ufeffprompt,completion\nHi,Hello\n",
         passes="prompt,completion\nHi,Hello\n"),
    Code("FT203", "A text file has a NUL byte: it is damaged, or was padded.", "Remove it.", "warning",
         fails="prompt,completion\nHi,Hel\0lo\n", passes="prompt,completion\nHi,Hello\n"),
    Code("FT204", "The lines of a text file end in different ways; programs may count and cut them differently.",
         "Save it with one kind of line end.", "advice", fails="prompt,completion\r\nHi,Hello\r\nBye,So long\n",
         passes="prompt,completion\r\nHi,Hello\r\nBye,So long\r\n"),
    Code("FT205", "A line is longer than 10 MiB, more than any model takes: a quote, bracket or line end may be "
         "missing.",
         "Look at the line.", "warning",
         example="A file, one of whose lines has 11 MiB."),
    Code("FT206", "A column has days such as 2-Sep among other values: a spreadsheet takes 1-2, SEPT2 or MARCH1 for "
         "dates, and keeps only those.",
         "Import the original with that column as text.", "warning",
         fails="prompt,completion\nA gene,TP53\nAnother,2-Sep\nA third,BRCA1\n",
         passes="prompt,completion\nA gene,TP53\nAnother,SEPT2\nA third,BRCA1\n"),
    Code("FT207", "A column of codes has some with leading zeros, or all of one length, and others that are shorter: a "
         "spreadsheet takes codes for numbers, and leaves their zeros out.",
         "Import the original with that column as text.", "warning",
         fails="prompt,completion\nBoston,02108\nDenver,80014\nHartford,6101\n",
         passes="prompt,completion\nBoston,02108\nDenver,80014\nHartford,06101\n"),
    Code("FT208", "A column has numbers such as 1.23E+15: a spreadsheet shortens long digit strings, and their last "
         "digits are lost.",
         "Import the original with that column as text.", "warning",
         fails="prompt,completion\nThe card?,4.53948E+15\nWho?,Ann\n",
         passes="prompt,completion\nThe card?,4539480000000001\nWho?,Ann\n"),
    Code("FT300", "What was found forbids the result: no example is left, or --strict was given.",
         "Look at dropped.jsonl and the findings.",
         fails="prompt,completion\nHi,\n",
         passes="prompt,completion\nHi,Hello.\nBye,See you.\n",
         asks="split: {test: 0.5}"),
    Code("FT301", "An output has no example left.", "See why in dropped.jsonl.",
         example="Conversations of two rounds, written as chats, and as prompts with completions, which have one."),
    Code("FT302", "There are too few groups for the splits that are asked for, or a stable split, which is exact for "
         "each group and only near for all, left one of them empty.",
         "Add examples, or ask for fewer or smaller splits.", "warning",
         fails='{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}]}\n',
         passes='{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}]}\n'
                '{"messages": [{"role": "user", "content": "Bye"}, {"role": "assistant", "content": "See you."}]}\n',
         asks="split: {test: 0.5}"),
    Code("FT303", "A template prints a list, an object or a truth value, perhaps not as people would.",
         "Name a part of it, or say how: {column:lines}.", "advice",
         fails='{"question": "Which are even?", "answer": [2, 4]}\n',
         passes='{"question": "Which are even?", "answer": "2 and 4"}\n'),
    Code("FT304", "Data for classification is in one file, with nothing held out to measure what was learned.",
         "Ask for a split that holds out a part of each class.", "advice",
         "prompt,completion\n" + "".join(f"text {n} ->, {'yes' if n % 2 else 'no'}\n" for n in range(20)),
         "prompt,completion\n" + "".join(f"text {n} ->, answer {n}\n" for n in range(20))),
    Code("FT305", "Rows were written without something that the format has no place for, and 'on_loss' asks to say so.",
         "Write a format that has a place for it, or take it out of the data.", "warning",
         example="A chat that was rated, written in a format that has no place for a rating."),
    Code("FT306", "Rows could not be written in the format at all, and 'on_loss' asks to say so.",
         "Mend the rows, leave them out, or write another format.", "warning",
         example="A chat of two rounds, written as a prompt and its completion."),
    Code("FT390", "A row of the file cannot be used as training data; the reason stands in the line.",
         "Mend the row, or leave it out.",
         fails='{"conversations": [{"from": "human", "value": "Hi"}, {"from": "Ann", "value": "Hello."}]}\n',
         passes='{"conversations": [{"from": "human", "value": "Hi"}, {"from": "bot", "value": "Hello."}]}\n'),
    Code("FT400", "A plugin broke its contract while it ran, or rows got lost: the result could not be trusted.",
         "Report it to its maintainer, or leave the step out."),
    Code("FT401", "A plugin cannot be imported.", "Install what it lacks, update it, or uninstall it."),
    Code("FT402", "A plugin is made for another version of the plugin contract, or does not say for which.",
         "Update it, or ftprep."),
    Code("FT403", "A plugin's function is called like a hook and is none, is not marked as one, or takes arguments.",
         "Correct its name, mark it with @ftprep.hookimpl, and take its arguments away."),
    Code("FT404", "Two plugins have one name, or one module is listed as two plugins: which is meant cannot be told.",
         "Uninstall one of them, or give it another name."),
    Code("FT405", "A plugin's hook raised an error.", "Update the plugin, or uninstall it."),
    Code("FT406", "A plugin offers something that cannot be used: of the wrong kind, without a good name or a "
         "docstring, or under one name twice.",
         "Correct it; 'ftprep plugins check' says more."),
    Code("FT407", "A plugin prints to stdout, which is kept for results; what it printed went to stderr.",
         "Tell its maintainer: what a step has to say is a Finding or a tally.", "warning"),
    Code("FT410", "A plugin breaks a rule of the plugin contract.", "Change it as the rule says."),
    Code("FT500", "The folder to be written cannot be used: it is no folder, holds foreign files, is in use, or cannot "
         "be written.", "Choose another one as the line says, or make room."),
    Code("FT501", "The report of a run could not be made; the files of the run are whole.",
         "Report it: it is a mistake of ftprep. 'ftprep report RUN_DIR' tries again.", "warning"),
    Code("FT510", "A file that a run read was changed since, so a line of it may not come out again as it was written.",
         "Put the file back as it was, or run the recipe again.", "warning"),
    Code("FT511", "A line of a run is not what its source becomes today: what was read, a plugin, or the line itself "
         "is another one now.",
         "Look at what the line names; run the recipe again."),
    Code("FT520", "A file of a run that is compared with another one is not as the run wrote it.",
         "Make the run again, or go by what stands there now.", "warning"),
    Code("FT521", "Of two runs that are compared, rows cannot be taken apart into prompt and answer: a plugin that "
         "made them is not installed, or a contract is missing.",
         "Install what the run was made with, or make it again.", "advice"),
    Code("FT600", "A remote service refused, or did not answer.", "Follow the line; try again later."),
    Code("FT611", "A file that is to be sent is not the one that the run wrote.", "Run the recipe again."),
    Code("FT612", "A file that is to be sent has a fault: what cannot be trained on, or a secret.",
         "Mend it with 'ftprep check FILE --fix', or allow the finding with --allow."),
    Code("FT613", "The training would cost more than --max-cost allows, or it is not known what it costs.",
         "Train on less, or allow more."),
    Code("FT614", "No model is named, or the one that is named can no longer be tuned as far as is known here.",
         "Name one with --model; 'ftprep convert' writes the data for another place."),
    Code("FT615", "The service does not take files of this format.", "Write or convert to one that it takes."),
    Code("FT616", "The run that is to be sent was made with --limit: it is only a part.",
         "Run the recipe without --limit.", "warning"),
    Code("FT617", "Files were sent, and then no job was started.",
         "Delete them, or give the same command again: they are not sent twice.", "advice"),
    Code("FT618", "The run that is to be sent has findings at error level.", "Mend them, and run it again."),
    Code("FT620", "A job failed: no model came of it.",
         "Mend what the line names; where it names rows of your data, mend those, run the recipe again, and upload."),
    Code("FT621", "A job was cancelled: no model came of it.", "Start another one with 'ftprep upload --again'."),
    Code("FT622", "A job that the ledger knows is no longer there.",
         "Look at what is there with 'ftprep remote list'.", "warning"),
    Code("FT630", "Models were compared on rows that were trained with: a tuned model may know them by heart.",
         "Compare rows that were held out: give the recipe a split.", "warning",
         example="'ftprep compare' with --split train."),
    Code("FT640", "A step puts in what a model says, and its file of answers lacks some.",
         "Ask for them with 'ftprep generate'."),
    Code("FT641", "Asking the model would cost more than --max-cost allows, or it is not known what it costs.",
         "Allow more, shorten the prompts, or limit the answers with max_tokens."),
)  # fmt: skip
"""The codes of ftprep itself. FT0xx: the command line; FT1xx: recipes; FT2xx: files; FT3xx: what is found in the data;
FT4xx: plugins; FT5xx: the run folder; FT6xx: remote services."""

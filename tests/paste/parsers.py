#!/usr/bin/env python3
"""usage: parsers.py FOLDER <texts.json: reads configurations through the parsers of their languages.

Standard input is {"programs": false to leave out node, nginx and the like, "texts": [{"stack", "language",
"text", "honest"}]}. Every text must have the shape of a text that was made from an honest request for the same
stack, every string in it must be plain or stand in an honest text, and the programs that read such texts must
take it. Prints {"skipped": [...], "parsed": {...}, "failures": [[number, why]]}. FOLDER is emptied and used for
the programs' files.
"""
import json
import os
import shutil
import sys

from compare import compared
from programs import ORIGIN, OTHERS, Missing
from shapes import SHAPES, Wrong


def main():
    folder = os.path.abspath(sys.argv[1])
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    given = json.load(sys.stdin)
    texts = given["texts"]
    failures, skipped, parsed = {}, [], {}
    # Equal texts are read once; an attack that changes nothing has an honest text.
    first = {}
    for n, row in enumerate(texts):
        row["same"] = first.setdefault((row["stack"], row["text"]), n)
        # What is in a list already stands as an ellipsis, which no language knows.
        row["text"] = row["text"].replace("[\u2026, ", "[there, ")
    rows = {n: row for n, row in enumerate(texts) if row["same"] == n}
    honest = {row["same"] for row in texts if row["honest"]}

    for language, shape in SHAPES.items():
        shapes = {}
        for n, row in rows.items():
            if row["language"] != language:
                continue
            try:
                shapes[n] = shape(row["text"])
                if n in honest and ORIGIN in row["text"] and language not in ("lines", "shell"):
                    if not any(ORIGIN in text.replace("\\", "") for text in shapes[n][1]):
                        raise Wrong(f"the honest origin is not read: {shapes[n]}")
            except Wrong as wrong:
                failures[n] = str(wrong)
            except ImportError as error:
                skipped.append(f"{error}: {language} is not read")
                break
        parsed[language] = len(shapes)
        failures.update(compared(shapes, honest, lambda n: rows[n]["stack"]))

    for language, name, parser in OTHERS if given["programs"] else []:
        own = [(n, row["stack"], row["text"]) for n, row in rows.items() if row["language"] == language or (language == "json" and row["language"] == "shell")]
        try:
            for n, why in parser(own, folder, honest):
                failures.setdefault(n, why)
            parsed[name] = len(own)
        except Missing as missing:
            skipped.append(f"{missing}: {language} is read by a lexer only")

    every = [[n, failures[row["same"]]] for n, row in enumerate(texts) if row["same"] in failures]
    json.dump({"skipped": skipped, "parsed": parsed, "failures": every}, sys.stdout)


main()

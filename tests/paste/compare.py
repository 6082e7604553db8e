"""Whether a text has a shape, and only strings, that an honest text has as well."""
import json
import re

from shapes import Statements

PLAIN = re.compile(r"(?:Access-Control-[A-Za-z-]+: )?(?!.*: )[A-Za-z0-9 ,._:/+=-]*\Z")
# Regular expressions of origins and of a path.
PATTERN = re.compile(r"\^\((?:https?://(?:[A-Za-z0-9:_-]|\\?\.)+\|?)+\)\$\Z|\^(?:[A-Za-z0-9/_~-]|\\?\.)*\(\\\?\|\$\)\Z")


def compared(shapes, honest, stack_of):
    """Texts that have no honest shape, or a string that no honest text has."""
    known, said = {}, {}
    for n, (shape, strings) in shapes.items():
        if n in honest:
            known.setdefault(stack_of(n), []).extend(shape if isinstance(shape, Statements) else [shape])
            said.setdefault(stack_of(n), set()).update(strings)
    for n, (shape, strings) in shapes.items():
        if n in honest:
            continue
        parts = shape if isinstance(shape, Statements) else [shape]
        new = [part for part in parts if part not in known.get(stack_of(n), [])]
        if new:
            yield n, f"shape: {json.dumps(new[0])[:600]}"
            continue
        odd = [text for text in strings if text not in said[stack_of(n)] and not PLAIN.match(text) and not PATTERN.match(text)]
        if odd:
            yield n, f"string: {odd}"

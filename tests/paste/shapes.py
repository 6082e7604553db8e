"""What the parser of each language makes of a text: a shape and the strings in it.

Strings and plain words are left out of a shape, and equal items of a list count once. Languages that have no
parser here are read by a lexer of words, strings and signs, which is stricter than their own.
"""
import ast
import json
import re
from xml.etree import ElementTree


class Wrong(Exception):
    pass


def folded(items):
    """Equal neighbours count once: lists may have any length."""
    out = []
    for item in items:
        if not out or out[-1] != item:
            out.append(item)
    return out


def of_value(value, strings):
    """A value of JSON or YAML."""
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                raise Wrong(f"key {key!r}")
        return {key: of_value(value[key], strings) for key in value}
    if isinstance(value, list):
        return folded([of_value(item, strings) for item in value])
    if isinstance(value, str):
        strings.append(value)
        return "text"
    return repr(value)


def of_python(text):
    strings = []

    def walk(node):
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str):
                strings.append(node.value)
                return "text"
            return repr(node.value)
        if isinstance(node, ast.AST):
            return [type(node).__name__] + [walk(value) for _, value in ast.iter_fields(node)]
        if isinstance(node, list):
            return folded([walk(item) for item in node])
        return node

    try:
        return walk(ast.parse(text)), strings
    except (SyntaxError, ValueError) as error:
        raise Wrong(f"python: {error}")


def of_yaml(text):
    import yaml

    strings = []
    try:
        return of_value(yaml.safe_load(text), strings), strings
    except yaml.YAMLError as error:
        raise Wrong(f"yaml: {error}")


def of_json(text):
    def once(pairs):
        if len({key for key, _ in pairs}) != len(pairs):
            raise ValueError("a key twice")
        return dict(pairs)

    strings = []
    try:
        return of_value(json.loads(text, object_pairs_hook=once), strings), strings
    except ValueError as error:
        raise Wrong(f"json: {error}")


def of_xml(text):
    strings = []

    def walk(node):
        strings.extend(node.attrib.values())
        for inside in (node.text, node.tail):
            if inside and inside.strip():
                strings.append(inside.strip())
        return [node.tag, sorted(node.attrib), folded([walk(child) for child in node])]

    try:
        return walk(ElementTree.fromstring(text)), strings
    except ElementTree.ParseError as error:
        raise Wrong(f"xml: {error}")


def lexer(quotes, escape=True, comments=(), raw=(), ends=()):
    """A language of words, quoted strings and signs. `ends`: what ends a statement, where they stand side by side."""
    def lex(text):
        tokens, strings, at = [], [], 0
        while at < len(text):
            c = text[at]
            comment = next((mark for mark in comments if text.startswith(mark, at)), None)
            if comment:
                end = text.find("*/", at) + 2 if comment == "/*" else text.find("\n", at)
                if end < 2:
                    end = len(text)
                tokens.append(text[at:end])
                at = end
            elif c in quotes:
                value, at = "", at + 1
                while at < len(text) and text[at] != c:
                    if text[at] == "\n" and c not in raw:
                        raise Wrong("a string does not end in its line")
                    if escape and text[at] == "\\" and c not in raw:
                        at += 1
                    value += text[at:at + 1]
                    at += 1
                if at >= len(text):
                    raise Wrong("a string does not end")
                at += 1
                strings.append(value)
                tokens.append("text")
            elif c == "\n":
                tokens.append(c) if c in ends else None
                at += 1
            elif c.isspace():
                at += 1
            else:
                # A bare URL or path, or the word that stands for a path.
                value = re.compile(r"(?:[A-Za-z]+://|/)[A-Za-z0-9._:/$@-]*|PATH\b").match(text, at)
                word = value or re.compile(r"[A-Za-z0-9_$-]+").match(text, at)
                if value:
                    strings.append(value[0])
                tokens.append("text" if value else word[0] if word else c)
                at = word.end() if word else at + 1
        # Items of lists, with or without commas between them.
        shape = []
        for token in tokens:
            if token == "text" and shape[-2:] == ["text", ","]:
                shape.pop()
            else:
                shape.append(token)
        return (statements(shape, ends) if ends else shape), strings
    return lex


class Statements(list):
    """A shape of which each part has to be part of an honest one."""


def statements(tokens, ends):
    out = Statements([[]])
    for token in tokens:
        if token in ends:
            out.append([])
        if token not in ends or token != "\n":
            out[-1].append(token)
    return out


def of_lines(text):
    """Lines of prose with names and values; a shape is their number."""
    strings = re.split(r"[\n']", text)
    return text.count("\n"), [part.strip() for part in strings if part.strip()]


def of_properties(text):
    keys, strings = [], []
    for line in text.split("\n"):
        key, sign, value = line.partition("=")
        keys.append((key.strip(), sign))
        strings.append(value.strip())
    return keys, strings


def of_headers(text):
    names, strings = [], []
    for line in text.split("\n"):
        name, sign, value = line.partition(": ")
        if not sign or not re.match(r"[A-Za-z-]+\Z", name):
            raise Wrong("a line that is no header")
        names.append(name)
        strings.append(value)
    return Statements(names), strings


def of_shell(text):
    """The words are the shell's business; the file below the line is JSON."""
    line, sign, rest = text.partition("\ncors.json: ")
    return of_json(rest) if sign else (["line"], [])


def of_ruby(text):
    """Lists of words count as one string."""
    return lexer("\"'`", comments=("#",))(re.sub(r"%([iw])\[([A-Za-z0-9 _-]*)\]", r'%\1["\2"]', text))


def of_vcl(text):
    return lexer('"', escape=False, comments=("#", "//", "/*"))(text)


SHAPES = {
    "python": of_python,
    "yaml": of_yaml,
    "json": of_json,
    "xml": of_xml,
    "lines": of_lines,
    "properties": of_properties,
    "headers": of_headers,
    "shell": of_shell,
    "vcl": of_vcl,
    "js": lexer("'\"`", comments=("//", "/*"), raw=("`",)),
    "java": lexer("\"'", comments=("//", "/*")),
    "csharp": lexer("\"'", comments=("//", "/*")),
    "go": lexer("\"'`", comments=("//", "/*"), raw=("`",)),
    "rust": lexer('"', comments=("//", "/*")),
    "php": lexer("'\"", comments=("//", "/*", "#")),
    "ruby": of_ruby,
    "nginx": lexer("\"'", comments=("#",), ends=(";", "{", "}")),
    "apache": lexer("\"'", comments=("#",), ends=("\n",)),
    "haproxy": lexer("\"'", comments=("#",), ends=("\n",)),
    "caddy": lexer('"`', comments=("#",), ends=("\n",)),
}

#!/usr/bin/python3
"""Whether the ledgers of what the RFCs ask for and the tests agree.

A ledger has one [[clause]] for each sentence that a test can show: section, level, requirement, and
either `test`, the exact name of what shows it (or a list of them), or `gap`, why nothing does.
A name is that of a C++ test case, or "tests/system/FILE.py::[CLASS::]FUNCTION[PARAMETERS]".
The other way round, each C++ test case whose name begins with an RFC that has a ledger stands in it.

Usage: ledger.py SOURCE_DIRECTORY
"""

import ast
import functools
import pathlib
import re
import sys
import tomllib
from collections.abc import Iterator

LEDGERS = {"RFC 9568": "rfc9568.toml", "RFC 3768": "rfc3768.toml"}
LEVELS = ("MUST", "SHOULD", "MAY")
KEYS = {"section", "level", "requirement", "test", "gap"}
SECTION = re.compile(r"[1-9]\d*(\.[1-9]\d*)*")
LITERAL = r'"(?:[^"\\]|\\.)*"'
CASE = re.compile(rf"TEST_CASE\(\s*((?:{LITERAL}\s*)+)")
NODE = re.compile(r"(?P<file>[^:]+\.py)::(?:(?P<group>\w+)::)?(?P<function>\w+)"
                  r"(?:\[(?P<parameters>.+)\])?")


def cases(root: pathlib.Path) -> dict[str, pathlib.Path]:
    """The C++ test cases, each with its file."""
    found = {}
    for path in sorted((root / "tests").rglob("*_test.cpp")):
        for match in CASE.finditer(path.read_text(encoding="utf-8")):
            name = "".join(ast.literal_eval(part) for part in re.findall(LITERAL, match[1]))
            found[name] = path
    return found


def is_built(path: pathlib.Path) -> bool:
    build = path.with_name("CMakeLists.txt")
    return build.exists() and path.name in build.read_text(encoding="utf-8").split()


@functools.cache
def module(path: pathlib.Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: pathlib.Path, group: str | None) -> set[str]:
    """Of a file, or of a class in it and what that inherits from a file beside it."""
    if group is None:
        return {node.name for node in module(path).body if isinstance(node, ast.FunctionDef)}
    names = set()
    for node in module(path).body:
        if isinstance(node, ast.ClassDef) and node.name == group:
            names |= {part.name for part in node.body if isinstance(part, ast.FunctionDef)}
            for base in node.bases:
                if isinstance(base, ast.Name):
                    names |= functions(home_of(path, base.id), base.id)
    return names


def home_of(path: pathlib.Path, name: str) -> pathlib.Path:
    for node in module(path).body:
        if isinstance(node, ast.ImportFrom) and name in {alias.name for alias in node.names}:
            return path.parent.joinpath(*node.module.split(".")).with_suffix(".py")
    return path


def names_parameters(path: pathlib.Path, parameters: str) -> bool:
    return any(isinstance(node, ast.Constant) and node.value == parameters
               for node in ast.walk(module(path)))


def missing(root: pathlib.Path, known: dict[str, pathlib.Path], test: str) -> str | None:
    """Why there is no such test."""
    node = NODE.fullmatch(test)
    if node is None:
        if test not in known:
            return "no test case has the name"
        return None if is_built(known[test]) else f"{known[test].name} is not in the build"
    path = root / node["file"]
    if not path.exists():
        return "there is no such file"
    if node["function"] not in functions(path, node["group"]):
        return "the file has no such function"
    if node["parameters"] and not names_parameters(path, node["parameters"]):
        return "no parameters have the id"
    return None


def tests_of(clause: dict) -> list[str]:
    test = clause.get("test", [])
    return test if isinstance(test, list) else [test]


def faults_of(clause: dict) -> Iterator[str]:
    """What is wrong with an entry, whatever the tests are."""
    if unknown := clause.keys() - KEYS:
        yield f"unknown: {', '.join(sorted(unknown))}"
    if not SECTION.fullmatch(clause.get("section", "")):
        yield "a section is numbers with dots between them"
    if clause.get("level") not in LEVELS:
        yield f"the level is one of {', '.join(LEVELS)}"
    if not clause.get("requirement"):
        yield "it has no requirement"
    if ("test" in clause) == ("gap" in clause):
        yield "it has either a test or a gap"
    if "test" in clause and not all(tests_of(clause)):
        yield "the test has no name"
    if "gap" in clause and not clause["gap"]:
        yield "the gap has no reason"


def order(section: str) -> list[int]:
    return [int(number) for number in section.split(".") if number.isdigit()]


def judge(root: pathlib.Path, known: dict[str, pathlib.Path], rfc: str,
          clauses: list[dict]) -> Iterator[str]:
    """What is wrong with a ledger."""
    sections = [clause.get("section", "") for clause in clauses]
    for before, after in zip(sections, sections[1:]):
        if order(before) > order(after):
            yield f"{after} stands behind {before}"
    seen = set()
    for clause in clauses:
        where = f"{clause.get('section')} {clause.get('requirement')!r}"
        yield from (f"{where}: {fault}" for fault in faults_of(clause))
        if where in seen:
            yield f"{where}: stands there twice"
        seen.add(where)
        for test in tests_of(clause):
            if why := missing(root, known, test):
                yield f"{where}: {test!r}: {why}"
    shown = {test for clause in clauses for test in tests_of(clause)}
    for name in known:
        if name.removeprefix("vrrp: ").startswith(rfc) and name not in shown:
            yield f"{name!r} is a test of no clause"


def main() -> None:
    root = pathlib.Path(sys.argv[1])
    known = cases(root)
    failed = not known
    for rfc, name in LEDGERS.items():
        path = pathlib.Path(__file__).with_name(name)
        clauses = tomllib.loads(path.read_text(encoding="utf-8")).get("clause", [])
        wrong = list(judge(root, known, rfc, clauses))
        for fault in wrong:
            print(f"{name}: {fault}")
        gaps = sum("gap" in clause for clause in clauses)
        print(f"{rfc}: {len(clauses)} clauses, {len(clauses) - gaps} shown, {gaps} gaps")
        failed = failed or bool(wrong) or not clauses
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

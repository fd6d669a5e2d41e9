#!/usr/bin/python3
"""The man pages name what the program has, and their example is a configuration it accepts.

The words are taken from where the source defines them. Usage: docs.py [FAILOVERD]; without the
program the example is not tried.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"
PAGES = sorted((PACKAGING / "man").glob("*.[1-9]"))
FAILOVERD = None


def source(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def words(name: str, pattern: str) -> list[str]:
    """What the pattern's group finds in the file: at least one, or the pattern is out of date."""
    found = re.findall(pattern, source(name))
    assert found, f"{name} has nothing like {pattern}; correct it here"
    return found


def page(name: str) -> str:
    return (PACKAGING / "man" / name).read_text(encoding="utf-8")


def heads(name: str) -> list[str]:
    """What heads the entries of the lists in the page: its `.It` lines."""
    return re.findall(r"^\.It (.*)$", page(name), re.MULTILINE)


def items(name: str) -> set[str]:
    """The words of the heads."""
    return set(word for head in heads(name) for word in head.split())


class ManPages(unittest.TestCase):
    def assert_items(self, name, wanted):
        missing = sorted(set(wanted) - items(name))
        self.assertEqual(missing, [], f"{name} has no entry for them")

    def assert_options(self, name, wanted):
        explained = re.findall(r"Fl Fl ([a-z-]+)", "\n".join(heads(name)))
        self.assertEqual(sorted(set(wanted) - set(explained)), [], f"{name} has no entry for them")

    def test_every_configuration_key_is_explained(self):
        keys = []
        tables = ROOT / "agent/config/root_keys.cpp"
        for file in sorted(set((ROOT / "agent/config").glob("*_keys.cpp")) - {tables}):
            keys += re.findall(r'\bKey<\w+>\{\s*"(\w+)"', file.read_text(encoding="utf-8"))
        self.assertGreater(len(keys), 10)
        self.assert_items("failover.toml.5", keys)
        for table in words("agent/config/root_keys.cpp", r'\bKey<\w+>\{\s*"(\w+)"'):
            self.assertRegex(page("failover.toml.5"), rf"(?m)^\.Ss \[{table}\b")

    def test_every_reason_and_every_thing_waited_for_is_explained(self):
        self.assert_items("failoverd.8", words("protocol/reason.cpp", r'return "([a-z-]+)";'))

    def test_every_reason_for_a_rejection_that_is_counted_for_a_router_is_explained(self):
        counted = re.search(r"\{(Rejection::[^}]*)\}", source("agent/control/router_document.cpp"))
        self.assert_items("failover-api.7", re.findall(r"Rejection::(\w+)", counted.group(1)))

    def test_every_verb_and_option_of_failoverctl_is_explained(self):
        self.assert_items("failoverctl.8",
                          words("cli/verbs.cpp", r'VerbEntry\{Verb::\w+, "([a-z-]+)"'))
        self.assert_options("failoverctl.8",
                            words("cli/arguments.cpp", r'(?m)^  add\("([a-z-]+)(?:,\w)?"'))

    def test_every_option_of_failoverd_is_explained(self):
        self.assert_options("failoverd.8",
                            words("agent/options.cpp", r'(?m)^  add\("([a-z-]+)(?:,\w)?"'))

    def test_every_exit_status_is_explained(self):
        self.assert_items("failoverctl.8", words("cli/exit_status.hpp", r"(?m)^  \w+ = (\d+),"))
        self.assert_items("failoverd.8", re.findall(
            r"= (\d+)", re.search(r"enum class Exit.*?};", source("agent/agent.hpp"),
                                  re.DOTALL).group()))

    def test_every_rule_of_lint_is_explained_as_the_program_explains_it(self):
        text = " ".join(page("failover-lint.7").split())
        rules = []
        for file in sorted((ROOT / "agent/lint").glob("*_rules.cpp")):
            whole = re.sub(r'"\s+"', "", file.read_text(encoding="utf-8"))
            rules += re.findall(r'\{(\d+),\s*"([a-z-]+)",\s*Severity::(\w+),\s*'
                                r'"((?:[^"\\]|\\.)*)",\s*"((?:[^"\\]|\\.)*)"\}', whole)
        self.assertGreater(len(rules), 50)
        for number, name, severity, says, instead in rules:
            with self.subTest(rule=number):
                self.assertIn(f".It Cm {number} {name} {severity.capitalize()}. {says} "
                              f"Better: {instead}.".replace('\\"', '"'), text)
        explained = re.findall(r"^\.It Cm (\d+) ", page("failover-lint.7"), re.MULTILINE)
        self.assertEqual(explained, sorted(rule[0] for rule in rules))

    def test_every_path_of_the_api_is_explained(self):
        explained = set(re.findall(r"(?:GET|PUT|PATCH|POST|DELETE) (\S+)",
                                   " ".join(re.sub(r"(Cm|Ar) | Ns ", "", head)
                                            for head in heads("failover-api.7"))))
        names = {"{name}": "GROUP", "{operation}": "N", "{revision}": "N", "{...}": "NAME/..."}
        paths = {re.sub(r"{\S+}", lambda name: names.get(name[0], name[0][1:-1].upper()), path)
                 for path in words("agent/control/routes.cpp", r'"[A-Z]+",\s*"(/v1/[^"]+)"')}
        self.assertGreater(len(paths), 40)
        self.assertEqual(sorted(paths - explained), [])

    def test_every_key_of_a_body_is_explained(self):
        self.assert_items("failover-api.7", words("agent/control/command_body.cpp",
                                                  r'(?:emplace_back\(|keys\{)"(\w+)"'))

    def test_every_kind_of_event_and_override_is_named(self):
        for file in ("event_log", "overrides"):
            for kind in words(f"agent/control/{file}.cpp", r'Kind::\w+: return "([a-z-]+)"'):
                self.assertIn(f".Qq {kind}", page("failover-api.7"))

    def test_every_problem_code_is_explained(self):
        pattern = r'\.code = "([a-z-]+)"'
        sources = [f"agent/control/{file.name}"
                   for file in (ROOT / "agent/control").glob("a*.cpp") if file.name != "api.cpp"]
        codes = [code for name in sources if ".code" in source(name)
                 for code in words(name, pattern)]
        self.assertGreater(len(codes), 5)
        self.assert_items("failover-api.7", codes + words("agent/control/api.cpp", pattern) +
                          words("agent/http/refusals.cpp", pattern) +
                          words("agent/changes/changes.cpp", pattern))

    def test_every_field_of_the_documents_is_named(self):
        fields = []
        for file in (ROOT / "agent/control").glob("*document*.cpp"):
            text = file.read_text(encoding="utf-8")
            fields += re.findall(r'\{"([a-z_]+)",', text)
            fields += re.findall(r'add\(table, "([a-z_]+)",', text)
        self.assertGreater(len(fields), 50)
        named = set(re.findall(r"[a-z_]+", page("failover-api.7")))
        self.assertEqual(sorted(set(fields) - named), [])

    @unittest.skipUnless(shutil.which("mandoc"), "mandoc is not installed")
    def test_the_pages_are_well_formed(self):
        for path in PAGES:
            checked = subprocess.run(["mandoc", "-mdoc", "-Tlint", "-W", "warning", path],
                                     capture_output=True, text=True, check=False)
            self.assertEqual(checked.stdout + checked.stderr, "")


class Example(unittest.TestCase):
    def test_failoverd_accepts_the_example(self):
        if FAILOVERD is None:
            self.skipTest("no failoverd given")
        checked = subprocess.run(
            [FAILOVERD, "--check", PACKAGING / "examples/failover.toml"],
            capture_output=True, text=True, check=False)
        self.assertEqual((checked.returncode, checked.stderr), (0, ""))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        FAILOVERD = sys.argv.pop(1)
    unittest.main()

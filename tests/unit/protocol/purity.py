#!/usr/bin/python3
"""protocol/ is pure: its library calls nothing but what stands here.

No system call, no clock, no thread, no log (ARCHITECTURE, section 1). Whoever adds a line says why
what it calls is pure. Usage: purity.py [--nm NM] LIBRARY
"""

import argparse
import re
import subprocess
import sys

ALLOWED = [
    # Memory and texts that the caller holds; with the checks of _FORTIFY_SOURCE.
    r"mem(cpy|move|set|cmp|chr)",
    r"__mem(cpy|move|set)_chk",
    r"strlen",
    r"inet_(pton|ntop)",
    # HMAC, and the comparison in constant time.
    r"nettle_(hmac_sha(1|256)_(set_key|update|digest)|memeql_sec)",
    # The heap, for texts, and when routers and hand-overs are made.
    r"_Znwm",
    r"_ZdlPvm?",
    # Strings, as far as they are not inlined.
    r"_ZNK?St7__cxx1112basic_string\w+",
    # What the standard library throws at our own bugs, and its assertions, which end the program.
    r"_ZSt\d+__throw_\w+",
    r"_ZSt21__glibcxx_assert_failPKciS0_S0_",
    r"_ZNK?St18bad_variant_access\w+",
    r"_ZNK?St9exception\w+",
    r"_ZT[ISV]St(9exception|18bad_variant_access)",
    # What the compiler emits for exceptions and type information.
    r"__cxa_(allocate_exception|throw|free_exception|begin_catch|end_catch|rethrow|"
    r"throw_bad_array_new_length)",
    r"__gxx_personality_v0",
    r"_Unwind_Resume",
    r"_ZSt9terminatev",
    r"_ZTVN10__cxxabiv1\w+",
    # The linker's and the stack protector's.
    r"_GLOBAL_OFFSET_TABLE_",
    r"__stack_chk_fail",
    # Sanitizers and coverage, in builds that ask for them.
    r"__(asan|ubsan|sanitizer|gcov|llvm)_\w+",
]


def undefined_symbols(nm: str, library: str) -> set[str]:
    """What the library's objects call and none of them defines."""

    def symbols(which: str) -> set[str]:
        command = [nm, "--format=posix", which, library]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        return {line.split()[0] for line in output.splitlines() if len(line.split()) > 1}

    undefined, defined = symbols("--undefined-only"), symbols("--defined-only")
    if not undefined or not defined:
        sys.exit(f"{library}: {nm} shows no symbols")
    return undefined - defined


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nm", default="nm")
    parser.add_argument("library")
    arguments = parser.parse_args()
    allowed = re.compile("|".join(f"(?:{pattern})" for pattern in ALLOWED))
    impure = sorted(
        symbol
        for symbol in undefined_symbols(arguments.nm, arguments.library)
        if not allowed.fullmatch(symbol)
    )
    for symbol in impure:
        print(f"{arguments.library} calls {symbol}, which is not in the allow-list of purity.py")
    sys.exit(1 if impure else 0)


if __name__ == "__main__":
    main()

"""Sums JUnit files of CTest and pytest up into one line: "N passed, M failed, K skipped"."""

import sys
import xml.etree.ElementTree

passed = failed = skipped = 0
for path in sys.argv[1:]:
    for case in xml.etree.ElementTree.parse(path).iter("testcase"):
        kinds = {child.tag for child in case}
        unable = any("Unable to find" in (child.get("message") or "") for child in case)
        if kinds & {"failure", "error"} or unable:
            failed += 1
        elif "skipped" in kinds or case.get("status") in ("disabled", "notrun"):
            skipped += 1
        else:
            passed += 1
print(f"{passed} passed, {failed} failed, {skipped} skipped")

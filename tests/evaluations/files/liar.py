"""A child that foreign bytes have taken over: it answers as ``reader`` does, but what the kind of file names."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

GOOD = {
    "pages": 1, "texts": ["a"], "lowest_dpi": None, "width": None, "height": None, "taken_on": None, "thumbnail": None,
}  # fmt: skip
SURROUNDINGS = {
    "environment": sorted(os.environ),
    "folder": [str(found) for found in Path().iterdir()],
    "open": len(list(Path("/proc/self/fd").iterdir())) - 1,
    "here": str(Path.cwd()),
}
ANSWERS = {
    "good": json.dumps(GOOD),
    "surroundings": json.dumps({"fault": json.dumps(SURROUNDINGS)}),
    "html for a picture": json.dumps(GOOD | {"thumbnail": "PHNjcmlwdD4="}),
    "no base64": json.dumps(GOOD | {"thumbnail": "<script>"}),
    "pages in words": json.dumps(GOOD | {"pages": "tiga"}),
    "pages below nothing": json.dumps(GOOD | {"pages": -1}),
    "pages beyond the column": json.dumps(GOOD | {"pages": 2**40}),
    "zero byte": json.dumps(GOOD | {"texts": ["a\0b"]}),
    "endless page": json.dumps(GOOD | {"texts": ["a" * 100_001]}),
    "text as number": json.dumps(GOOD | {"texts": [7]}),
    "date in words": json.dumps(GOOD | {"taken_on": "kemarin"}),
    "date as number": json.dumps(GOOD | {"taken_on": 7}),
    "a list": "[1, 2]",
    "half": '{"pages": 1, "te',
    "nothing": "",
    "lines for the log": json.dumps({"fault": "rusak\n2025-01-01 admin masuk \x1b[31m"}),
}

if __name__ == "__main__":
    sys.stdout.write(f"{sys.argv[1]}\n{ANSWERS[json.loads(sys.argv[1])['kind']]}")

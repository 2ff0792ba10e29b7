"""`python -m sqlward_codegen` is the `sqlward` command."""

import sys

from sqlward_codegen.cli import main

sys.exit(main())

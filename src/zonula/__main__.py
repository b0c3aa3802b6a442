"""`python -m zonula`."""

import sys

from zonula.cli import main

if __name__ == "__main__":
    sys.exit(main())

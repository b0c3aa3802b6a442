"""The long hunt: generated populations and rules until the number asked for is reached (`make agreement`).

.venv/bin/python tests/agreement/population/hunt.py [EXAMPLES]
"""

import os
import subprocess
import sys
from pathlib import Path

if __name__ == "__main__":
    examples = sys.argv[1] if len(sys.argv) > 1 else "2000"
    environment = {**os.environ, "AGREEMENT_EXAMPLES": examples, "OPENBLAS_NUM_THREADS": "1"}
    here = [str(Path(__file__).parent / name) for name in ("test_agreement.py", "test_cut.py")]
    sys.exit(subprocess.run([sys.executable, "-m", "pytest", *here], env=environment, check=False).returncode)

"""What `scripts/prove_import.sh` does, beside its throw-away servers."""

import sys
from pathlib import Path

import django

if __name__ == "__main__":
    django.setup()
    from scripts.prove_import.proof import prove

    sys.exit(prove(Path(sys.argv[1])))

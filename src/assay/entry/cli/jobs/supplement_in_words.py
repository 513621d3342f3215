"""How the shell is told about a supplement, of this machine or of a server."""

import json
import sys
from typing import Final

from assay.client import Supplement as OnServer
from assay.service.delivery.supplements.further_formats import Supplement

REFUSED: Final = 4


def tell_supplement(found: Supplement | OnServer, *, as_json: bool) -> int:
    """Print a supplement; return the command's exit code."""
    if as_json:
        document = {
            "number": found.number,
            "formats": list(found.formats),
            "state": found.state,
            "reason": found.reason,
            "folder": found.folder,
        }
        sys.stdout.write(json.dumps(document, indent=2) + "\n")
    elif found.reason:
        sys.stderr.write(f"supplement {found.number} was refused: {found.reason}\n")
    else:
        where = f"; it lies in {found.folder}" if found.folder else ""
        sys.stdout.write(f"supplement {found.number}: {', '.join(found.formats)}, {found.state}{where}\n")
    return REFUSED if found.reason else 0

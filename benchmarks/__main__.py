"""
``make bench``: all benchmarks in one run, each a printed table.

Numbers are for this machine and this moment; the ratios are what to read.
"""

import argparse
from collections.abc import Callable

from benchmarks import county, crowd, http_path, location, recommendation

_ALL: dict[str, Callable[[], object]] = {
    "county": county.run,
    "recommendation": recommendation.run,
    "http": http_path.run,
    "location": location.run,
    "crowd": crowd.run,
}


def main() -> None:
    """Run the named benchmarks, all by default."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *_ALL], default=[])
    for name in parser.parse_args().names or _ALL:
        _ALL[name]()


if __name__ == "__main__":
    main()

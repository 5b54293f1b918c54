"""``python -m api.cli`` is the same as ``dispatch119``."""

from api.cli import main

if __name__ == "__main__":
    main()

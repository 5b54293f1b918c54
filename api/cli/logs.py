"""
Logs as one JSON object per line, and only with fields that are allowed to be there.

An allow-list and not a block-list: a phone number or a coordinate that somebody
adds to a log call never reaches the file. Exceptions are logged by kind and place,
without their text, because the text may quote a message.
"""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime

ALLOWED_FIELDS = frozenset(
    {
        "method",
        "route",
        "status",
        "ms",
        "kind",
        "part",
        "code",
        "attempt",
        "clients",
        "seconds",
        "address",
        "signal",
    }
)


class JsonFormatter(logging.Formatter):
    """Format a record as one JSON object with allow-listed fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.msg if not record.args else record.getMessage(),
        }
        line.update({name: value for name, value in vars(record).items() if name in ALLOWED_FIELDS})
        if record.exc_info and record.exc_info[1] is not None:
            line["kind"] = type(record.exc_info[1]).__name__
            frames = traceback.extract_tb(record.exc_info[2])
            line["where"] = [f"{frame.name}:{frame.lineno}" for frame in frames[-6:]]
        return json.dumps(line, ensure_ascii=False, default=str)


def configure_logging(level: int = logging.INFO) -> None:
    """Send the logs of this process to standard error as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("dispatch119").setLevel(level)

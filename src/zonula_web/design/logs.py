"""Log lines without patient data: time, level, logger, and what our own code wrote. No addresses with ids, no exceptions' arguments."""

import json
import logging
import re
from datetime import UTC, datetime

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.I)


class Line(logging.Formatter):
    """One JSON object for each event. Of an exception: its type and where it was raised, never its message, which may quote a record."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "says": _ID.sub("[id]", record.getMessage()),
        }
        if record.exc_info and record.exc_info[0]:
            line["failed"] = record.exc_info[0].__name__
            trace = record.exc_info[2]
            places = []
            while trace is not None:
                code = trace.tb_frame.f_code
                places.append(f"{code.co_filename.rpartition('/src/')[2]}:{trace.tb_lineno} {code.co_name}")
                trace = trace.tb_next
            line["where"] = " < ".join(reversed(places[-6:]))
        return json.dumps(line, ensure_ascii=False)

"""Reads recurrence rules as JSON lines and writes their occurrences as python3-dateutil has them.

In:  {"rule": "FREQ=...", "start": "2026-12-05T05:00:00", "zone": "Europe/Berlin", "most": 100}
Out: a list of seconds since 1970, at most so many, nothing after 2045.

Each occurrence is local time; where the clocks change it is resolved as dateutil does: one that does
not exist moves forward, one that exists twice is the first.
"""
import datetime
import itertools
import json
import re
import sys
from zoneinfo import ZoneInfo

from dateutil import rrule, tz

# dateutil searches up to this year for a day that may never come.
datetime.MAXYEAR = 2046

for line in sys.stdin:
    asked = json.loads(line)
    start = datetime.datetime.fromisoformat(asked["start"])
    zone = ZoneInfo(asked["zone"])
    # A day as the end is meant whole; dateutil would take its first moment.
    rule = re.sub(r"(UNTIL=\d{8})(?!T)", r"\1T235959", asked["rule"])
    seconds = []
    for at in itertools.islice(rrule.rrulestr(rule, dtstart=start), asked["most"]):
        if at.year > 2045:
            break
        seconds.append(int(tz.resolve_imaginary(at.replace(tzinfo=zone)).timestamp()))
    print(json.dumps(seconds))

"""Written dates → `When`, with what was wrong said instead of lost."""

from zonula.chart import UNKNOWN_TIME, Moment, When

_REMEMBERED = 50_000  # records repeat the same instants: a visit, its results and its prescriptions share one
_whens: dict[str, When] = {}


def moment(text: str, problems: list[str]) -> Moment | None:
    """The moment, or None when nothing or nothing readable was written; then a sentence is added to `problems`."""
    return moment_when(text, problems).start if text else None


def moment_when(text: str, problems: list[str]) -> When:
    """One written date as a `When`. An unreadable one keeps its wording in `When.text` and stays unknown."""
    known = _whens.get(text)
    if known is not None:
        return known
    if not text:
        return UNKNOWN_TIME
    try:
        known = When(Moment.parse(text))
    except ValueError as wrong:
        problems.append(f"date not read: {wrong}")
        return When(text=text[:100])
    if len(_whens) >= _REMEMBERED:
        _whens.clear()
    _whens[text] = known
    return known


def period_when(start: str, end: str, problems: list[str]) -> When:
    """Start and end, each of which may be missing. An end before its start is kept as written and said."""
    if not end:
        return moment_when(start, problems)
    first, last = moment(start, problems), moment(end, problems)
    if first and last and last.latest < first.earliest:
        problems.append(f"period ends ({end[:40]}) before it starts ({start[:40]})")
    unread = " to ".join([text[:100] for text, read in ((start, first), (end, last)) if text and read is None])
    return When(first, last, unread)

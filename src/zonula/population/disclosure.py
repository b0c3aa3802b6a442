"""Disclosure control for counts that leave the house: small cells are hidden, and enough others that none can be computed.

A count from 1 to one below the threshold is hidden. In a table with totals a lone hidden cell of a row or column could be subtracted out, so a
second one is hidden beside it, until every row and column hides none or at least two.
"""

from collections.abc import Mapping, Sequence


def hidden_count(count: int, least: int) -> int | None:
    """A count on its own."""
    return None if 0 < count < least else count


def hidden_parts(parts: Mapping[str, int], least: int) -> dict[str, int | None]:
    """Parts of a known total."""
    names = list(parts)
    row = hidden_table([[parts[name] for name in names]], least, columns_have_totals=False)[0]
    return dict(zip(names, row, strict=True))


def hidden_table(
    table: Sequence[Sequence[int]], least: int, *, columns_have_totals: bool = True
) -> list[list[int | None]]:
    """A table whose row totals (and column totals, unless told otherwise) are known. A zero is shown and never hides another cell."""
    hidden = {(i, j) for i, row in enumerate(table) for j, count in enumerate(row) if 0 < count < least}
    lines = [[(i, j) for j in range(len(row))] for i, row in enumerate(table)]
    if columns_have_totals and table:
        lines += [[(i, j) for i in range(len(table))] for j in range(len(table[0]))]
    changed = True
    while changed:
        changed = False
        for line in lines:
            concealed = [cell for cell in line if cell in hidden]
            # Two cells that add up to less than the threshold would still name a small group.
            exposed = len(concealed) == 1 or (concealed and sum(table[i][j] for i, j in concealed) < least)
            rest = sorted((table[i][j], i, j) for i, j in line if (i, j) not in hidden and table[i][j] > 0)
            if exposed and rest:
                hidden.add(rest[0][1:])
                changed = True
    return [[None if (i, j) in hidden else count for j, count in enumerate(row)] for i, row in enumerate(table)]


def hidden_square(counts: Sequence[Sequence[int]], least: int) -> list[list[int | None]]:
    """Co-occurrence: cell (i, j) counts those with both, the diagonal those with each. No row adds up, but `each minus both` is the number
    with one and not the other, so a pair is hidden also when that difference is small. Symmetric.
    """
    size = len(counts)
    shown: list[list[int | None]] = [[hidden_count(counts[i][j], least) for j in range(size)] for i in range(size)]
    for i in range(size):
        for j in range(size):
            only = counts[i][i] - counts[i][j]
            if i != j and (0 < only < least or shown[i][i] is None or shown[j][j] is None) and counts[i][j]:
                shown[i][j] = shown[j][i] = None
    return shown

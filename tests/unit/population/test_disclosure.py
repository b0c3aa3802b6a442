"""No small count leaves the house, and none can be computed from what does."""

from hypothesis import given
from hypothesis import strategies as st

from zonula.population.disclosure import hidden_parts, hidden_square, hidden_table

LEAST = 5
COUNTS = st.integers(0, 30)


def test_a_lone_small_part_takes_the_next_smallest_with_it():
    assert hidden_parts({"yes": 3, "no": 40, "unknown": 9}, LEAST) == {"yes": None, "no": 40, "unknown": None}


def test_large_counts_and_zeros_are_shown():
    assert hidden_parts({"yes": 0, "no": 40, "unknown": 9}, LEAST) == {"yes": 0, "no": 40, "unknown": 9}


@given(st.lists(st.lists(COUNTS, min_size=3, max_size=3), min_size=3, max_size=3))
def test_no_row_or_column_gives_a_small_cell_away(table):
    shown = hidden_table(table, LEAST)
    for line, open_cells in [
        *zip(table, shown, strict=True),
        *zip(zip(*table, strict=True), zip(*shown, strict=True), strict=True),
    ]:
        assert all(cell is None or cell == count for count, cell in zip(line, open_cells, strict=True))
        assert not any(cell is not None and 0 < cell < LEAST for cell in open_cells)
        hidden = [count for count, cell in zip(line, open_cells, strict=True) if cell is None]
        left = [count for count, cell in zip(line, open_cells, strict=True) if cell is not None and count > 0]
        if hidden:
            assert (len(hidden) > 1 and sum(hidden) >= LEAST) or not left


@given(st.lists(st.sets(st.integers(0, 3)), max_size=40))
def test_pairs_do_not_give_away_who_has_one_and_not_the_other(patients):
    counts = [[sum(i in has and j in has for has in patients) for j in range(4)] for i in range(4)]
    shown = hidden_square(counts, LEAST)
    for i in range(4):
        for j in range(4):
            assert shown[i][j] == shown[j][i]
            if shown[i][j] is not None:
                assert not 0 < counts[i][j] < LEAST
                if i != j and counts[i][j] and shown[i][i] is not None:
                    assert not 0 < counts[i][i] - counts[i][j] < LEAST

"""The diary as the engines read it: what was eaten, felt, believed and taken, when.

    from zonula.diary import read_directory
    diaries, report = read_directory(Path("in"))

Nothing here judges a food; `zonula.food_triggers` does.
"""

from zonula.diary.contract_files import read_directory
from zonula.diary.entries import Diary, DiaryWriter, FoodGroup, ReadingReport
from zonula.diary.long_csv import read_long_csv

__all__ = ["Diary", "DiaryWriter", "FoodGroup", "ReadingReport", "read_directory", "read_long_csv"]

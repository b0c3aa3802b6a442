"""Virtual patients with known truth, for tests, demonstrations and the calibration of every engine. Never evidence about people."""

from zonula.simulation.diary import SYMPTOMS, GroupTruth, VirtualDiary, virtual_diary
from zonula.simulation.files import ranges, virtual_diaries, write_diaries
from zonula.simulation.life_files import EVERY_FILE, Part, Written, case_files, write_lives
from zonula.simulation.lives import LAST_DAY, Life, life
from zonula.simulation.mechanism import Body, Course, Range, draw_body, one_serving, react
from zonula.simulation.table import GROUPS, Catalogue, catalogue
from zonula.simulation.truth import Truth

__all__ = [
    "EVERY_FILE",
    "GROUPS",
    "LAST_DAY",
    "SYMPTOMS",
    "Body",
    "Catalogue",
    "Course",
    "GroupTruth",
    "Life",
    "Part",
    "Range",
    "Truth",
    "VirtualDiary",
    "Written",
    "case_files",
    "catalogue",
    "draw_body",
    "life",
    "one_serving",
    "ranges",
    "react",
    "virtual_diaries",
    "virtual_diary",
    "write_diaries",
    "write_lives",
]

"""Which food does it? Inference from a diary, the next challenge, the blinded trial, and the words for all three.

from zonula.diary import read_directory
from zonula.food_triggers.analysis import analyse

diaries, report = read_directory(folder)
analyse(diaries[0]).groups[0].probability
"""

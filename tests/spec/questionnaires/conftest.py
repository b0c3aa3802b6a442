"""The same short way to write answers as in tests/unit/questionnaires."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

_HOME = Path(__file__).parents[2] / "unit" / "questionnaires" / "conftest.py"
_SPEC = spec_from_file_location("questionnaire_answers", _HOME)
_shared = module_from_spec(_SPEC)
_SPEC.loader.exec_module(_shared)

answered, document_of, today = _shared.answered, _shared.document_of, _shared.today

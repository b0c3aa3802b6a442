"""Findings about a plan in a reader's words: ids of red flags become their sentences, and what a role may not see is kept back and said so."""

from collections.abc import Iterable

from zonula.chart import Finding
from zonula.journey import Assessment
from zonula.reports.review_view import Statement
from zonula.treatment_protocols import Situation
from zonula_web.access.rights import Right
from zonula_web.clinic.discretion import may_see
from zonula_web.clinic.said import statements

KEPT_BACK = "a finding that only clinicians see"


class Teller:
    """Findings of a plan as statements, with ids of red flags replaced by their sentences, or kept back from who may not see them."""

    def __init__(self, assessment: Assessment, situation: Situation, rights: Iterable[Right]) -> None:
        self._findings = assessment.findings
        self._facts = tuple(assessment.facts.values())
        self._rights = frozenset(rights)
        self._flags = tuple(flag.finding for flag in situation.red_flags or ())

    def plain(self, text: str) -> str:
        """The text with each red flag told as a reader may see it."""
        for name in sorted(self._flags, key=len, reverse=True):
            text = text.replace(name, self._named(name))
        return text

    def statements(self, findings: Iterable[Finding]) -> tuple[Statement, ...]:
        """The findings that may be seen, in plain words."""
        seen = [one for one in findings if may_see(one.id, self._rights)]
        return tuple(one._replace(says=self.plain(one.says)) for one in statements(seen, self._facts))

    def behind(self, names: Iterable[str]) -> tuple[Statement, ...]:
        """The findings of the assessment with these ids."""
        return self.statements(self._findings[name] for name in names if name in self._findings)

    def _named(self, name: str) -> str:
        if not may_see(name, self._rights):
            return KEPT_BACK
        found = self._findings.get(name)
        return f"“{found.says}”" if found else name

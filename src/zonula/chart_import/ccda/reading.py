"""What is collected while one document is read: facts with stable ids, counts, warnings and everything skipped."""

from collections import Counter
from collections.abc import Iterable

import msgspec

from zonula.chart import (
    UNKNOWN_TIME,
    Code,
    Fact,
    Interpretation,
    Kind,
    Moment,
    Quantity,
    ReferenceRange,
    Source,
    Status,
    When,
)
from zonula.chart_import.ccda.narrative import References
from zonula.chart_import.ccda.parse import Element
from zonula.chart_import.report import Skipped


class Who(msgspec.Struct, frozen=True, gc=False):
    """Who did or wrote something; empty where not said."""

    name: str = ""
    specialty: str = ""
    organisation: str = ""


NOBODY = Who()


class Reading:
    """The state of one import. A place is `<section>/<entry>`, counted within its section so that section order is free."""

    def __init__(self, document: str, root: Element) -> None:
        self.document = document
        self.provider = ""
        self.references = References(root)
        self.root = root
        self.people: dict[str, Who] | None = None  # see `people.known_by_id`
        self.author = NOBODY  # the one human author of the document, if there is exactly one
        self.written = UNKNOWN_TIME  # when the document was written
        self.from_patient = False
        self.facts: list[Fact] = []
        self.read: Counter[str] = Counter()
        self.skipped: list[Skipped] = []
        self.encounters: dict[str, str] = {}  # id written on an encounter -> fact id
        self._in_encounter: list[tuple[int, list[str]]] = []  # fact number -> ids of the encounter it names
        self.section = "document"
        self.place = "document"
        self._used: Counter[str] = Counter()
        self._entries: Counter[str] = Counter()
        self._warnings: dict[str, list[str]] = {}

    def enter(self, section: str) -> None:
        """Move to the next entry of a section."""
        self._entries[section] += 1
        self.section = section
        self.place = f"{section}/{self._entries[section]}"

    def warn(self, message: str) -> None:
        """Say something about the place being read; equal messages are told once with how often."""
        self._warnings.setdefault(message, []).append(self.place)

    def skip(self, reason: str) -> None:
        """Say that something here did not become a fact."""
        self.skipped.append(Skipped(self.document, self.place, reason))

    @property
    def warnings(self) -> tuple[str, ...]:
        """Every warning with its first place."""
        return tuple(
            f"{places[0]}{f' and {len(places) - 1} more' if len(places) > 1 else ''}: {message}"
            for message, places in self._warnings.items()
        )

    def next_id(self) -> tuple[str, str]:
        """The id and place of the next fact made from this entry."""
        self._used[self.place] += 1
        count = self._used[self.place]
        place = self.place if count == 1 else f"{self.place}.{count}"
        return f"{self.document}#{place}", place

    def keep(
        self,
        kind: Kind,
        *,
        codes: tuple[Code, ...] = (),
        text: str = "",
        when: When = UNKNOWN_TIME,
        recorded: Moment | None = None,
        status: Status = Status.UNKNOWN,
        negated: bool = False,
        value: Quantity | None = None,
        value_text: str = "",
        value_codes: tuple[Code, ...] = (),
        interpretation: Interpretation | None = None,
        reference: ReferenceRange | None = None,
        who: Who = NOBODY,
        encounter: str = "",
        encounter_keys: list[str] | None = None,
        part_of: str = "",
        note: str = "",
        details: Iterable[tuple[str, str]] = (),
    ) -> str:
        """Make a fact at this place; empty details are left out. Returns its id."""
        identifier, place = self.next_id()
        if encounter_keys:
            self._in_encounter.append((len(self.facts), encounter_keys))
        self.facts.append(
            Fact(
                id=identifier,
                kind=kind,
                sources=(Source(self.document, place, who.organisation or self.provider),),
                codes=codes,
                text=text,
                when=when,
                recorded=recorded,
                status=status,
                negated=negated,
                value=value,
                value_text=value_text,
                value_codes=value_codes,
                interpretation=interpretation,
                reference=reference,
                performer=who.name,
                specialty=who.specialty,
                encounter=encounter,
                part_of=part_of,
                note=note,
                details=tuple([pair for pair in details if pair[1]]),
            )
        )
        return identifier

    def link_encounters(self) -> None:
        """Point facts that name an encounter by its id at the encounter fact, wherever its section stood."""
        for number, keys in self._in_encounter:
            found = next((self.encounters[key] for key in keys if key in self.encounters), "")
            if found and not self.facts[number].encounter:
                self.facts[number] = msgspec.structs.replace(self.facts[number], encounter=found)

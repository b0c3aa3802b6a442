"""The assessment on paper, in the order of its page: what is unsafe first. Records and sources stay in the program, where they open."""

from datetime import date

from zonula.reports.assessment_page import AssessmentPage
from zonula.reports.paper import Block, Bullets, Heading, Paper, Paragraph, Person
from zonula.reports.review_view import Statement


def assessment_paper(page: AssessmentPage, person: Person, clinic: str, kept_back: int = 0) -> Paper:
    """The page as a paper. kept_back: statements its reader may not see, which is said."""
    blocks: list[Block] = []
    if page.crisis:
        blocks.append(Heading("Act on this first"))
        blocks += [Paragraph(f"{one.level_says}. {one.says}", "alarm") for one in page.crisis]
        if page.emergency:
            blocks.append(Paragraph(page.emergency, "alarm"))
    blocks += [Paragraph(page.celiac), Paragraph(page.gluten)]
    if kept_back:
        blocks.append(Paragraph(f"{kept_back} statements on mental health or genes are not on this paper.", "quiet"))
    if page.steps:
        blocks.append(Heading("What to do next, in this order"))
        blocks.append(
            Bullets(
                tuple(
                    (
                        f"{step.order}. {step.who}: {step.what}{f', by {step.by}' if step.by else ''}",
                        f"because: {step.why}",
                    )
                    for step in page.steps
                )
            )
        )
    for section in page.sections:
        blocks += [Heading(section.title), Paragraph(section.lead, "quiet")]
        if section.statements:
            blocks.append(Bullets(tuple(_said(one) for one in section.statements)))
        else:
            blocks.append(Paragraph(section.empty))
    footer = f"Zonula {page.version}. {page.disclaimer}"
    as_of = date.fromisoformat(page.as_of)
    return Paper("Assessment", person, clinic, f"as of {page.as_of}", as_of, footer, tuple(blocks))


def _said(one: Statement) -> tuple[str, str]:
    level = f"{one.level_says}. " if one.level_says else ""
    doubts = f" ({', '.join(one.doubts)})" if one.doubts else ""
    behind = "; ".join(part for part in (*one.asks, one.reason.evidence) if part)
    return f"{level}{one.says}{doubts}", behind

"""One text of record -> one Document: segmented, folded, described, its paragraphs named."""

from __future__ import annotations

from indexer.fold import fold, fold_characters, unresolved
from indexer.identity import document_id, paragraph_ids
from indexer.metadata import read_metadata
from indexer.models import Document, Paragraph, Problem, SourceText
from indexer.segment import segment

_DOUBT = "{!r} looks like a swapped character; what it stands for is not certain."


def read_document(source: SourceText, occurrence: int = 1) -> Document:
    """Read one text into a document; never fails: what a person should look at becomes a notice."""
    text = source.text
    segmentation = segment(text)
    metadata = read_metadata(source, segmentation, fold_characters(text))
    identity = document_id(text, given_id(source), occurrence)
    texts = ["".join(text[start:end] for start, end in block.segments) for block in segmentation.blocks]
    folded_headings = [fold(heading.text).text for heading in segmentation.headings]
    paragraphs = []
    for ordinal, (block, body, name) in enumerate(
        zip(segmentation.blocks, texts, paragraph_ids(identity, texts), strict=True), 1
    ):
        folded = fold(body)
        paragraphs.append(
            Paragraph(
                id=name,
                document_id=identity,
                ordinal=ordinal,
                section=tuple(segmentation.headings[index].text for index in block.section),
                section_folded=tuple(folded_headings[index] for index in block.section),
                item=block.item,
                segments=block.segments,
                text=body,
                folded=folded.text,
                repairs=folded.repairs,
            )
        )
    doubts = [
        (paragraph.source_spans(start, end)[0][0], paragraph.text[start:end])
        for paragraph in paragraphs
        for start, end in unresolved(paragraph.text)
    ]
    noticed = [*segmentation.notices, *((offset, _DOUBT.format(odd)) for offset, odd in doubts)]
    notices = tuple(
        Problem(source.path, source.line or text.count("\n", 0, offset) + 1, message, fatal=False)
        for offset, message in sorted(noticed)
    )
    return Document(
        id=identity,
        source=source,
        metadata=metadata,
        boilerplate=segmentation.boilerplate,
        front_matter=segmentation.front_matter,
        headings=segmentation.headings,
        paragraphs=tuple(paragraphs),
        notices=notices,
    )


def given_id(source: SourceText) -> str:
    """Return the id that came with the text, empty if none did."""
    return next((value for name, value in source.given if name == "id" and isinstance(value, str)), "")

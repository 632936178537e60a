"""Compare: how places phrase the same policy, who says nothing, what was changed and what was copied.

Everything here is made of values of ``indexer`` and a ``SearchBackend``, whatever the engine:

=================  ====================================================================================================
``topic.py``       a query -> the pieces that a text must say, with the words that say them
``parts.py``       the parts that stand for a topic: 高职院校 for 职业教育
``passages.py``    a paragraph -> its run-in title and its sentences
``places.py``      where a text says the pieces of a topic
``roles.py``       what part those words have in their phrase: the matter, one of a row, what another thing is of
``aboutness.py``   a paragraph and a topic -> about, mentions or neither, and the sentence that says most
``shown.py``       a paragraph that was chosen -> its sentence, and where sentence, title and headings say why
``rows.py``        a query -> a row a document, and who is silent
``baseline.py``    a wording or any paragraph -> what the others are compared with
``wordings.py``    sentences -> wordings A, B, C, their differences and numbers
``shared.py``      phrases that are shared, and what only one says
``distinctive.py`` words that some texts use more than others, and their lines
``contrasts.py``   rows -> the words that each place and year says more than the others
``matter.py``      two documents -> what of each phrase of one the other says, wherever it says it
``affinity.py``    paragraphs of two documents -> how like they are, and which open sections
``marks.py``       a pair of paragraphs -> words, figures and phrases that a reader should see
``sides.py``       two documents side by side
``coverage.py``    documents and characters by place and year, and what is missing
``reuse.py``       one paragraph -> where it is used again
=================  ====================================================================================================
"""

from indexer.compare.baseline import Baseline, find_baseline
from indexer.compare.clusters import Cluster, ClusterPage, HasClusters
from indexer.compare.contrasts import Contrast, contrasts
from indexer.compare.coverage import Coverage, Total, cover, missing, rate, total
from indexer.compare.marks import Mark
from indexer.compare.reuse import Origin, Reuse, origin, similar
from indexer.compare.rows import Comparison, Row, matrix
from indexer.compare.shared import SharedPhrase, common_spans, own_spans, shared_phrases
from indexer.compare.sides import Pair, align
from indexer.compare.wordings import Wording, differences, differing_numbers, group_wordings, nearness

__all__ = [
    "Baseline",
    "Cluster",
    "ClusterPage",
    "Comparison",
    "Contrast",
    "Coverage",
    "HasClusters",
    "Mark",
    "Origin",
    "Pair",
    "Reuse",
    "Row",
    "SharedPhrase",
    "Total",
    "Wording",
    "align",
    "common_spans",
    "contrasts",
    "cover",
    "differences",
    "differing_numbers",
    "find_baseline",
    "group_wordings",
    "matrix",
    "missing",
    "nearness",
    "origin",
    "own_spans",
    "rate",
    "shared_phrases",
    "similar",
    "total",
]

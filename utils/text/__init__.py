"""Words to numbers: vocabularies (torchtext's Fields), and words in pieces."""

from utils.text.fields import (
    END,
    PADDING,
    START,
    UNKNOWN,
    Fields,
    build_fields,
    encode_sources,
    fields_from_words,
    is_known,
    match_case,
    unknown_words,
)

__all__ = [
    "END",
    "PADDING",
    "START",
    "UNKNOWN",
    "Fields",
    "build_fields",
    "encode_sources",
    "fields_from_words",
    "is_known",
    "match_case",
    "unknown_words",
]

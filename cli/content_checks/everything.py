"""Runs every check over one library."""

from __future__ import annotations

from pathlib import Path

from cli.content_checks.house_style import check_style
from cli.content_checks.problem import Problem
from cli.content_checks.provenance import check_provenance
from cli.content_checks.text_messages import check_text_messages
from cli.content_checks.usage import check_usage
from cli.content_checks.writing_out import WrittenOut, check_templates, write_out
from reference.clock import Clock, today_in_scotland
from reference.paths import project_root
from reference.services import ServiceDirectory
from voice import Library, LibraryError, Voice


def check(
    clock: Clock,
    *,
    content: Path | None = None,
    root: Path | None = None,
    directory: ServiceDirectory | None = None,
) -> list[Problem]:
    """All problems of the library in `content`, sorted by file and block; an empty list is a library fit to be said.

    `root` is the project whose rules, code and pages use the texts. A library that can't be read at all is one problem.
    """
    directory = directory or ServiceDirectory.load()
    try:
        library = Library.load(content)
        problems = list(check_templates(library, directory, clock))
        voice = Voice(library, directory, clock)
    except LibraryError as error:
        return [_unreadable(str(error))]
    written: list[WrittenOut] = []
    for block in library:
        texts, failed = write_out(voice, block)
        written.extend(texts)
        problems.extend(failed)
    problems.extend(check_provenance(library, today_in_scotland(clock)))
    problems.extend(check_text_messages(written, library.style))
    problems.extend(check_style(library, written, directory))
    problems.extend(check_usage(library, root or project_root()))
    return sorted(set(problems))


def _unreadable(message: str) -> Problem:
    file, _, rest = message.partition(": ")
    block, colon, what = rest.partition(": ")
    return Problem(file, block, what) if colon else Problem(file, "the file", rest)

"""Every text is written out for every channel and audience, and every branch of its template is looked into."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jinja2 import meta, nodes
from jinja2.exceptions import TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from cli.content_checks.problem import Problem
from reference.clock import Clock
from reference.services import ServiceDirectory
from voice import AUDIENCES, Block, CannotSayError, Library, LibraryError, Voice
from voice.voice import template_environment

_GIVEN = {"channel", "audience", "service"}


@dataclass(frozen=True)
class WrittenOut:
    """A text as somebody would get it, with the longest values its author foresees."""

    block: Block
    channel: str
    text: str


def write_out(voice: Voice, block: Block) -> tuple[list[WrittenOut], list[Problem]]:
    """The different texts of a block over all channels and audiences, and what could not be said."""
    texts: dict[tuple[str, str], WrittenOut] = {}
    problems = []
    for channel in block.channels:
        for audience in (None, *AUDIENCES):
            try:
                text = voice.text(block, channel=channel, audience=audience, values=block.values)
            except CannotSayError as error:
                problems.append(Problem(block.file, block.name, f"can't be said: {error}"))
                continue
            texts[channel, text] = WrittenOut(block, channel, text)
    return list(texts.values()), problems


def check_templates(library: Library, directory: ServiceDirectory, clock: Clock) -> Iterator[Problem]:
    """Variables without an example, unknown filters, and services or contacts that do not exist, in any branch.

    Raises LibraryError for a template that can't be read.
    """
    environment = template_environment(library, directory, clock)
    for block in library:
        used: set[str] = set()
        services: set[str] = set()
        for text in block.says.values():
            try:
                tree = environment.parse(text)
                used |= meta.find_undeclared_variables(tree) - _GIVEN
            except TemplateSyntaxError as error:
                raise LibraryError(f"{block.file}: {block.name}: text line {error.lineno}: {error.message}") from error
            yield from _unknown_filters(block, tree, environment)
            yield from _dead_contacts(block, tree, directory)
            services |= {service for service, _ in _service_calls(tree)}
        yield from _values(block, used)
        yield from _facts(block, services, directory)


def _values(block: Block, used: set[str]) -> Iterator[Problem]:
    for name in sorted(used - set(block.values)):
        yield Problem(block.file, block.name, f"uses '{name}' without its longest value; add it under 'values:'")
    for name in sorted(set(block.values) - used):
        yield Problem(block.file, block.name, f"no variant uses the value '{name}'; take it out of 'values:'")


def _facts(block: Block, services: set[str], directory: ServiceDirectory) -> Iterator[Problem]:
    for service in sorted(services | set(block.facts)):
        if service not in directory:
            yield Problem(block.file, block.name, f"names the service '{service}', which is not in data/services")
    for service in sorted(services - set(block.facts)):
        yield Problem(block.file, block.name, f"takes facts from '{service}'; add it under 'facts:'")


def _unknown_filters(
    block: Block, tree: nodes.Template, environment: ImmutableSandboxedEnvironment
) -> Iterator[Problem]:
    for found in tree.find_all(nodes.Filter):
        if found.name not in environment.filters:
            yield Problem(block.file, block.name, f"uses the filter '{found.name}', which does not exist")


def _dead_contacts(block: Block, tree: nodes.Template, directory: ServiceDirectory) -> Iterator[Problem]:
    for service, attribute in _service_calls(tree):
        if attribute and service in directory and getattr(directory.get(service), attribute, None) is None:
            yield Problem(
                block.file, block.name, f"says the {attribute} of '{service}', and data/services has none for it"
            )


def _service_calls(tree: nodes.Template) -> Iterator[tuple[str, str | None]]:
    """Each `service('id')` in the template, with the attribute taken from it."""
    taken = {id(found.node): found.attr for found in tree.find_all(nodes.Getattr)}
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "service":
            for argument in call.args[:1]:
                if isinstance(argument, nodes.Const):
                    yield str(argument.value), taken.get(id(call))

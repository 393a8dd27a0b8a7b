"""Content blocks and topic names become part of the training data, so that nothing is typed twice."""

from __future__ import annotations

from rasa.shared.core.domain import Domain
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.questions import asking_response
from bot.topics import topic_names
from voice import Library


class ContentImporter(RasaFileImporter):
    """Rasa's own reading of `data/`, plus a response a content block and an example a topic name."""

    def get_domain(self) -> Domain:
        """The domain, with `utter_<topic>__<name>` for every block, and the forms' name for every question."""
        responses = {}
        for block in Library.load():
            if not block.interface:
                responses[block.response] = [{"text": block.id}]
                if block.asks:
                    responses[asking_response(block.id)] = [{"text": block.id}]
        return super().get_domain().merge(Domain.from_dict({"responses": responses}))

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """The examples, with the topics' plain names: a choice that was offered is understood when it is tapped."""
        offered = [Message({TEXT: name, INTENT: intent}) for intent, name in topic_names().items()]
        return super().get_nlu_data(language).merge(TrainingData(offered))

"""Publish and subscribe: in process, or through Redis."""

from api.live.events import RESYNC, Live, LiveEvent, Publisher, conversation_topic
from api.live.in_process import InProcessLive
from api.live.through_redis import RedisLive, open_live

__all__ = [
    "RESYNC",
    "InProcessLive",
    "Live",
    "LiveEvent",
    "Publisher",
    "RedisLive",
    "conversation_topic",
    "open_live",
]

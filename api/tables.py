"""Every table in one place, for migrations and for erasure."""

from __future__ import annotations

from api.audit import models as audit
from api.conversations import holders, repeats
from api.conversations import models as conversations
from api.corrections import models as corrections
from api.database.base import Base
from api.delivery import models as delivery
from api.handoffs import models as handoffs
from api.privacy import models as privacy
from api.reception import models as reception
from api.referrals import models as referrals
from api.release_plans import models as release_plans
from api.staff import models as staff

metadata = Base.metadata

__all__ = [
    "audit",
    "conversations",
    "corrections",
    "delivery",
    "handoffs",
    "holders",
    "metadata",
    "privacy",
    "reception",
    "referrals",
    "release_plans",
    "repeats",
    "staff",
]

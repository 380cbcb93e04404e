"""What official boundaries settle: which layers are official, which disputes apply no longer.

The disputed areas are where the plan's text leaves the bounds open. An official boundary answers
that, whatever the text says. The areas stay in their collection, and apply again when the former
zones are restored.
"""

from zones.model import Feature
from zones.properties.official_marking import is_official
from zones.snapshot.collection import Collection
from zones.snapshot.model import Snapshot
from zones.snapshot.plan_feature_reading import text, texts, zones_of


def is_official_layer(collection: Collection) -> bool:
    """Return whether all features of a collection, and there are some, say they are official."""
    return len(collection) > 0 and all(map(is_official, collection.properties))


def applying_disputes(snapshot: Snapshot) -> tuple[Feature, ...]:
    """Return the disputed areas that no official boundary has settled.

    One that several zones claim is settled once all these are official, a gap once all zones are;
    one of the kind ``handover``, in which the subdistricts are in doubt as well, when these are
    official too. An area that is official itself always applies.
    """
    zones = snapshot.collection_or_empty("zones")
    ids = [zone.id for zone in snapshot.derived(zones_of)]
    official = {
        id_
        for id_, properties in zip(ids, zones.properties, strict=True)
        if is_official(properties)
    }
    all_official = is_official_layer(zones)
    subdistricts = is_official_layer(snapshot.collection_or_empty("subdistricts"))

    def is_settled(dispute: Feature) -> bool:
        if is_official(dispute.properties):
            return False
        claims = texts(dispute.properties, "claims")
        if text(dispute.properties, "kind") == "handover" and not subdistricts:
            return False
        return official.issuperset(claims) if claims else all_official

    return tuple(d for d in snapshot.collection_or_empty("disputes") if not is_settled(d))

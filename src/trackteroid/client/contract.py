"""The private names of ftrack_api that this folder relies on, in one place.

``tests/client/test_client_contract.py`` compares them with the installed ftrack-python-api, so that a release which
renames or rewrites one of them fails there and not in somebody's pipeline. ``tests/releases`` does it with every other
release that we support.
"""

#: The lock that merging takes; the second is its name in release 3.0.0.
LOCKS = ("_thread_lock", "merge_lock")

#: What ftrack_api's initialiser sets on a session. Reading one of these for the first time connects.
CONNECTION_ATTRIBUTES = frozenset(
    {
        *LOCKS,
        "_api_key",
        "_api_user",
        "_auto_connect_event_hub_thread",
        "_auto_populate",
        "_event_hub",
        "_managed_request",
        "_plugin_paths",
        "_record_operations",
        "_server_information",
        "_server_url",
        "cache",
        "cache_key_maker",
        "recorded_operations",
        "request_timeout",
        "schemas",
        "types",
    }
)

#: What ftrack_api's initialiser sets and we have ready before it runs.
READY_ATTRIBUTES = frozenset({"_closed", "logger"})

#: What ftrack_api's constructor of an entity sets, besides the storage that attributes make for themselves.
ENTITY_ATTRIBUTES = frozenset({"_ignore_data_keys", "_inflated", "logger", "session"})

#: Private members that are called or overridden, by the dotted name of their owner below ``ftrack_api``.
PRIVATE_MEMBERS = {
    "session.Session": (
        "_build_entity_type_classes",
        "_configure_locations",
        "_create",
        "_decode",
        "_fetch_server_information",
        "_load_schemas",
        "_local_cache",
        "_merge",
        "_merge_entity",
        "_merge_recursive",
        "_query",
        "_read_schemas_from_cache",
        "_request",
        "_write_schemas_to_cache",
    ),
    "entity.base.Entity": ("_construct", "_reconstruct"),
    "query.QueryResult": ("_extract_offset_and_limit", "_fetch_more"),
    "accessor.server": ("_ServerAccessor",),
    "event.hub": ("_ProcessorThread",),
    "event.hub.EventHub": (
        "_add_subscriber",
        "_handle",
        "_handle_reply",
        "_notify_server_about_subscriber",
        "_publish",
    ),
    "accessor.server.ServerFile": ("_read", "_write", "_get_size", "_compute_checksum"),
}

#: What is reproduced here, or called in the belief that it does what it does today, by its dotted name below
#: ``ftrack_api``, with the start of the SHA-256 of its syntax tree. Another one need not mean that it behaves
#: differently, but somebody has to look.
REPRODUCED = {
    "attribute.AbstractCollectionAttribute.get_value": "4f770e93b48813ff",
    "attribute.AbstractCollectionAttribute.set_local_value": "eea37a2b80a30f95",
    "attribute.AbstractCollectionAttribute.set_remote_value": "a8a56ad36d8d7272",
    "attribute.Attribute.get_entity_storage": "f5c888d8ab443a75",
    "attribute.Attribute.set_local_value": "cd5a52a2b200966e",
    "attribute.CollectionAttribute._adapt_to_collection": "c9ed3a914a84392d",
    "attribute.CustomAttributeCollectionAttribute._adapt_to_collection": "df118a0179671a8b",
    "attribute.KeyValueMappedCollectionAttribute._adapt_to_collection": "74fc26851ec6c4ec",
    "attribute.merge_references": "49330eddb00b21ab",
    "cache.Cache.values": "5b91aea7a29b12c7",
    "collection.Collection.__copy__": "9966c781f4b9b601",
    "collection.Collection.__eq__": "27abf7610e3c3369",
    "collection.Collection.__init__": "f50fc30b0853c5c1",
    "collection.Collection.insert": "1918f1203fd3c805",
    "collection.CustomAttributeCollectionProxy.__eq__": "8a3abc36d95bf82e",
    "collection.KeyValueMappedCollectionProxy.__setitem__": "103accfdab516086",
    "collection.MappedCollectionProxy.__copy__": "7f39e0d2ba4475de",
    "entity.base.Entity.__delitem__": "7a44a1a50a5108fb",
    "entity.base.Entity._construct": "d4ebab35c6f28d2a",
    "entity.base.Entity.__init__": "aec105e520d3ab3e",
    "entity.base.Entity.__iter__": "68283602f9711459",
    "entity.base.Entity._reconstruct": "7b3a0e3f24e60a24",
    "entity.base.Entity.clear": "38337bca87f818f2",
    "entity.base.Entity.merge": "5f752d4e9d474c1a",
    "entity.job.Job.__init__": "9466ecdfb0e69c1e",
    "event.hub.EventHub._add_subscriber": "a07368b841716ac1",
    "event.subscriber.Subscriber.__init__": "bac26bfc5bea8602",
    "event.subscription.Subscription.__init__": "a8739bea284be5d6",
    "event.subscription.Subscription.includes": "2e68dc8cddf1cd6a",
    "inspection.identity": "45489520394ed262",
    "inspection.primary_key": "0692baf787736512",
    "operation.CreateEntityOperation.__init__": "264532865e517537",
    "operation.UpdateEntityOperation.__init__": "fbef7c158ed70e04",
    "session.Session._build_entity_type_classes": "8d0d73f31aa6169d",
    "session.Session.create": "24781963c2975c0b",
    "session.Session._create": "3c97dabf129a1587",
    "session.Session._decode": "fd69a9ac5fb83298",
    "session.Session._load_schemas": "e3d8bd380eccd0c7",
    "session.Session._merge": "49aae066b3bfe2f3",
    "session.Session._merge_entity": "aec680ed07b6a404",
    "session.Session._merge_recursive": "0867153db06ec41f",
    "session.Session._query": "4cbd78dc5b9f07b9",
    "session.Session.call": "030d039eb900c685",
    "session.Session.commit": "999cd771bdb3aae5",
    "session.Session.query": "2b06aaf156114e8a",
    "session.Session.rollback": "f9d38423a26ee8de",
}

#: The same for releases before 3.1.0, where they differ in ways that make no difference to us: commits and merges of
#: 3.0.0 take another lock or none, dates without a time came with 3.0.6, and calls are sent by `sending`.
EARLIER = {
    "session.Session._decode": ("22926b2a101033bc",),
    "session.Session._merge": ("419cb159c8c98bd7",),
    "session.Session.call": ("f528327cfe529c61",),
    "session.Session.commit": ("65f925f458d4c2bc",),
    "session.Session.rollback": ("d030a91210220ad2",),
}

"""The numbered paragraphs of the behaviour contract: what holds of each today."""

CONTRACT = """
1.1 | The promised names are public at the top, and nothing but them.
    names::TestThePackage::test_what_existing_programs_import_is_public
    names::TestThePackage::test_every_public_name_can_be_imported
    names::TestThePackage::test_public_names_are_sorted
    names::TestThePackage::test_no_public_name_is_listed_twice
    names::TestThePackage::test_nothing_but_submodules_is_public_besides
    names::TestThePackage::test_names_that_are_not_written_like_types_are_not_found

1.2 | Every entity type can be imported and queried, also those that only some servers have.
    names::TestThePackage::test_entity_types_are_public_and_can_be_queried
    names::TestThePackage::test_the_types_of_any_server_can_be_imported_and_queried

1.3 | Session and SESSION are where they were.
    names::test_older_import_paths_lead_to_the_same_things
    sessions::TestWhatItIs::test_the_default_session_is_one_that_waits

1.4 | A query shows its type, session, schema, projections, criteria and primary key.
    queries::test_a_query_knows_what_it_asks
    queries::test_a_criterion_changes_the_query_and_returns_it

1.5 | The modules of entities are where they were.
    names::test_older_import_paths_lead_to_the_same_things

1.6 | The modules of settings and constants are where they were.
    names::test_older_import_paths_lead_to_the_same_things
    names::TestThePackage::test_the_version_is_the_one_of_the_distribution

1.7 | Importing has no side effects.
    names::TestImportingWithoutAServer::test_it_works_and_queries_can_be_written_and_read
    names::TestImportingWithoutAServer::test_it_takes_little_longer_than_importing_ftrack_api

1.7.1 | The environment variable of the configuration is honoured, when a setting is first needed.
    configuration::test_relations_come_from_the_file_and_overrides_inherit_them

1.7.2 | No session connects; missing credentials are told at the first use, as a TypeError.
    names::TestImportingWithoutAServer::test_the_first_need_of_a_server_says_what_is_missing

1.7.3 | No query is sent.
    import::test_importing_opens_no_socket_and_no_file

1.7.4 | The resolver is called once, with the version.
    configuration::test_relations_come_from_the_file_and_overrides_inherit_them
    settings::TestEntries::test_the_resolver_is_called_once_with_the_version

2.1 | A query takes an entity class; copies go their own way.
    terminators::test_only_entity_classes_can_be_queried
    queries::test_a_copy_of_a_query_goes_its_own_way

2.2 | The text of a query: projections in order, conditions from near to far, nothing behind.
    queries::test_a_query_knows_what_it_asks
    criteria::test_criteria_are_ordered_by_the_number_of_relations_and_not_by_dots_in_values

2.3 | Criteria are found by name, with and without not_; others are misspelt or of other types.
    criteria::test_completion_offers_exactly_the_criteria_of_the_type
    criteria::test_a_criterion_of_other_types_is_not_implemented
    messages::test_a_misspelt_name_is_shown_with_its_owner_and_its_neighbours

2.4 | Values become a group, and a relation is wrapped around it.
    queries::test_conditions_are_written_as_people_know_them_from_logs

2.4.1 | A text with % is a pattern, everything else a plain value in escaped quotes.
    queries::test_conditions_are_written_as_people_know_them_from_logs
    criteria::test_values_of_any_kind_stay_inside_their_quotes

2.4.2 | One plain value is compared with "is", several with "in", in their order.
    queries::test_conditions_are_written_as_people_know_them_from_logs

2.4.3 | Each pattern is compared with "like".
    expressions::test_conditions_and_their_opposites_have_these_texts

2.4.4 | Plain values come before patterns, joined by "or".
    queries::test_conditions_are_written_as_people_know_them_from_logs
    queries::test_repeated_criteria_add_values_to_each_other

2.4.5 | A relation has "has" around the group, or "any" where there can be several.
    queries::test_conditions_are_written_as_people_know_them_from_logs

2.4.6 | The id shortcut: "project_id is" instead of "project has (id is".
    queries::test_conditions_are_written_as_people_know_them_from_logs

2.4.7 | Several paths are joined by "or" in one pair of parentheses.
    configuration::test_relations_come_from_the_file_and_overrides_inherit_them

2.5 | Targets, merging and negation.
    messages::test_wrong_arguments_of_a_query_are_told_by_the_call
    queries::test_repeated_criteria_add_values_to_each_other
    queries::test_an_entity_meets_a_criterion_or_its_opposite

2.6 | Projections are texts, classes or chains, in a list, tuple or set.
    queries::TestProjections::test_a_type_stands_for_the_path_to_it
    queries::TestProjections::test_they_come_in_a_list_a_tuple_or_a_set
    projections::test_every_alternative_of_a_relation_is_asked_for
    queries::TestProjections::test_a_chain_may_begin_with_the_queried_type
    queries::TestProjections::test_long_paths_end_in_values

2.7 | Terminators: what each returns, and which options they take.
    terminators::test_the_server_orders_and_limits
    queries::TestTerminators::test_pages_join_without_a_gap
    queries::TestTerminators::test_descending_numbers

2.7 get_first | The first by primary key, never an error.
    queries::TestTerminators::test_the_first_is_the_first_by_primary_key
    queries::TestTerminators::test_finding_nothing_is_no_error

2.7 get_one | Exactly one, or an error that shows the query.
    queries::TestTerminators::test_one_is_exactly_one
    queries::TestTerminators::test_none_or_several_are_errors_that_show_the_query

2.7 get_inputs | Inputs and outputs follow links; without links there are none.
    queries::TestTerminators::test_inputs_and_outputs_are_each_others_opposite
    queries::TestTerminators::test_without_links_there_are_no_inputs

2.8 | inject adds text of the user.
    queries::test_conditions_are_written_as_people_know_them_from_logs
    queries::test_criteria_find_what_they_say

2.9 | What is logged, by which logger, at which level.
    logs::test_a_query_is_a_line_of_information_before_it_is_sent
    logs::test_finding_nothing_is_a_warning_without_the_limit
    logs::test_a_reused_result_is_mentioned_for_those_who_debug
    logs::test_a_deletion_is_a_line_of_information
    logs::test_linking_with_nothing_is_a_warning
    logs::test_loading_for_nothing_is_mentioned
    logs::test_the_line_has_the_whole_text
    logs::test_loading_more_is_a_query_like_any_other
    logs::test_values_that_are_loaded_by_themselves_are_logged_too
    logs::test_what_asks_nothing_logs_nothing

2.10 | Results are remembered for reuse under their whole text.
    sessions::TestReusingResults::test_the_same_text_is_the_same_object
    results::test_an_earlier_result_that_is_still_held_is_reused_and_kept_from_then_on

3.1 | Each type has its criteria; each compares what it says.
    criteria::test_criteria_without_a_target_need_no_server
    criteria::test_criteria_with_a_target_follow_the_relation_to_it
    queries::test_single_criteria_compare_what_exists

3.2 | Default projections, kinds of types and parents.
    entities::test_types_declare_what_is_asked_for
    entities::test_classes_are_kinds_of_each_other_as_the_types_are

3.3 | What creating each type needs and fills in.
    creation::TestRules::test_what_is_required
    authoring::TestCreating::test_what_is_missing_or_does_not_fit_is_told_and_leaves_no_trace
    authoring::TestCreating::test_a_whole_publish
    authoring::TestNotes::test_about_an_entity_by_the_user_of_the_session
    authoring::TestCreating::test_a_version_takes_exactly_one_task
    authoring::TestCreating::test_a_location_of_choice
    authoring::TestCreating::test_a_project_has_no_parent_and_a_full_name
    authoring::TestCreating::test_types_and_statuses_by_name_or_as_collections
    authoring::TestNotes::test_with_author_category_and_recipients
    authoring::TestNotes::test_beside_other_notes_of_the_same_thing_only
    authoring::TestNotes::test_of_the_wrong_things_are_refused

3.4 | Contexts and versions are linked by links of their own kind.
    linking::TestLinks::test_versions_are_linked_too
    links::test_what_cannot_be_linked_is_refused

4.1 | A relation serves criteria, projections, attribute access and get alike.
    queries::TestProjections::test_a_type_stands_for_the_path_to_it
    collections::TestReading::test_relations_can_be_read_by_type

4.2 | Relations that nobody configured are inferred from the schema.
    relationships::test_the_path_between_two_types_is_the_one_people_mean

4.2.1 | A type is not reached through itself.
    relationships::test_every_path_exists_in_the_schema

4.2.2 | Attributes that mean something else are no stepping stones.
    relationships::test_no_inferred_path_goes_through_what_means_something_else

4.2.3 | Every way is considered, not only the one found first.
    relationships::test_paths_do_not_depend_on_the_order_in_which_a_server_lists_things

4.2.4 | Types that several parents can have are reached by a cast.
    relationships::test_object_types_of_a_server_can_be_reached_like_the_known_ones

4.2.5 | The shortest path wins.
    relationships::test_the_path_between_two_types_is_the_one_people_mean

4.3 | Tables of relations belong to a session's schemas and an entry, and are kept no longer.
    relationships::TestTablesOfASession::test_they_are_made_once_per_entry
    relationships::TestTablesOfASession::test_they_do_not_keep_a_session_alive

4.4 | Configured relations win; one path or several; casts hold in criteria and on attribute access.
    configuration::test_relations_come_from_the_file_and_overrides_inherit_them
    configuration::test_configured_paths_are_read_projected_and_filtered_by_type

4.5 | SCHEMA has the default and every override, inheriting unless told otherwise.
    configuration::test_relations_come_from_the_file_and_overrides_inherit_them
    settings::TestEntries::test_an_override_called_default_replaces_the_default

4.6 | A collection reads a type by its name.
    collections::TestReading::test_relations_can_be_read_by_type
    configuration::test_configured_paths_are_read_projected_and_filtered_by_type
    collections::TestReading::test_a_type_shortcut_works_on_mixed_collections

5.1 | Ordered, free of duplicates, immutable, and printed with type and size.
    collections::TestContainer::test_it_prints_its_type_and_size
    collections::TestContainer::test_it_never_changes
    container::test_duplicates_are_dropped_by_type_and_id

5.2 | Items by position, slice, id and type; length, membership, equality, iteration.
    collections::TestContainer::test_items_by_position_slice_id_and_type
    collections::TestContainer::test_membership
    collections::TestContainer::test_equality_is_about_entities_and_their_order
    collections::TestContainer::test_keys_and_values
    collections::TestContainer::test_elements_are_collections_of_one
    collections::TestContainer::test_a_mixed_result_gives_the_entities_of_each_type

5.3 | Attributes are read without asking the server.
    collections::TestReading::test_reading_never_asks_the_server

5.3.1 | Methods come first.
    collections::TestReading::test_attributes_that_are_called_like_methods

5.3.2 | Then attributes: lists of values, collections of what is reached.
    collections::TestReading::test_scalars_are_lists_with_one_value_for_each
    collections::TestReading::test_links_have_a_from_and_a_to
    queries::TestProjections::test_what_was_not_asked_for_is_not_set_and_false

5.3.3 | get loads what a type shortcut reads.
    collections::TestReading::test_get_loads_what_a_type_shortcut_reads

5.3.4 | Then custom attributes with the prefix custom_.
    collections::TestReading::test_custom_attributes_are_read_with_a_prefix

5.3.5 | Then entity types, and nothing else.
    collections::TestReading::test_relations_can_be_read_by_type
    reading::test_names_of_python_are_no_attributes

5.3.6 | Everything else is misspelt.
    messages::test_a_misspelt_name_is_shown_with_its_owner_and_its_neighbours

5.4 | Assignment records changes, and sends none.
    authoring::TestAssigning::test_scalars

5.4.1 | Only attributes that exist can be set.
    messages::test_a_misspelt_name_is_shown_with_its_owner_and_its_neighbours

5.4.2 | Through a type or a chain, the owner of the attribute is changed.
    authoring::TestAssigning::test_references_also_through_the_type
    authoring::TestAssigning::test_below_nothing_nothing_can_be_set

5.4.3 | Values have the type the schema says.
    authoring::TestAssigning::test_what_does_not_fit_changes_nothing
    authoring::TestAssigning::test_final_attributes_stay

5.4.4 | There is one value for each entity; an array of one owner takes any number.
    messages::test_wrong_use_of_a_collection_is_told
    authoring::TestAssigning::test_arrays_are_replaced_as_a_whole

5.4.5 | Metadata and custom attributes are set as dictionaries or by key, and have types.
    authoring::TestAssigning::test_metadata_and_custom_attributes
    authoring::TestAssigning::test_custom_attributes_are_checked_before_anything_is_recorded

5.4.6 | Values of other sessions and schemas are refused.
    authoring::TestCreating::test_entities_of_another_session_are_refused
    assignment::TestReferences::test_refuse_other_sessions_and_schemas

5.5 | Functional methods: predicates get collections of one.
    collections::TestTransforming::test_map_count_and_filter

5.5 apply | Sets an attribute to what a function returns, by name or where it was read.
    collections::TestTransforming::test_apply
    collections::TestTransforming::test_apply_on_what_was_read_sets_it_where_it_was_read

5.5 count | The number of those that meet a predicate.
    collections::TestTransforming::test_map_count_and_filter

5.5 filter | Those that meet a predicate.
    collections::TestTransforming::test_map_count_and_filter

5.5 fold | One value from all, beginning with another.
    collections::TestTransforming::test_fold_and_partition

5.5 group | Parts by key, in the order of their first element.
    collections::TestTransforming::test_group_and_group_and_map

5.5 group_and_map | Parts by key, each mapped.
    collections::TestTransforming::test_group_and_group_and_map

5.5 map | A list.
    collections::TestTransforming::test_map_count_and_filter

5.5 max | The last of the largest.
    collections::TestTransforming::test_extremes

5.5 min | The first of the smallest.
    collections::TestTransforming::test_extremes

5.5 partition | Those that meet a predicate, and the rest.
    collections::TestTransforming::test_fold_and_partition

5.5 sort | Stable; the largest of several values counts.
    collections::TestTransforming::test_sort
    algebra::test_the_largest_of_several_values_counts

5.6 | Set methods keep order and refuse other types and sessions.
    collections::TestSets::test_types_and_sessions_do_not_mix

5.6 union | Own entities, then new ones.
    collections::TestSets::test_the_documented_examples
    algebra::test_union_is_everything_in_order_of_first_occurrence

5.6 intersection | What all have.
    collections::TestSets::test_the_documented_examples

5.6 difference | What no other has.
    collections::TestSets::test_the_documented_examples

5.6 symmetric_difference | What exactly one has.
    collections::TestSets::test_the_documented_examples

5.7 | A collection can be treated as one of a more general type only.
    collections::TestCoercion::test_to_a_more_general_type
    collections::TestCoercion::test_not_to_a_more_special_one

5.8 | Parts of a collection keep its session and schema, and every entity its own key.
    collections::TestSets::test_types_and_sessions_do_not_mix
    container::test_types_without_an_id_are_told_apart_by_their_whole_key

5.9 | Links are made and removed for every pair, and show.
    linking::TestLinks::test_they_show_on_both_sides_at_once
    linking::TestLinks::test_unlinking_removes_that_link_only
    logs::test_linking_with_nothing_is_a_warning
    linking::TestLinks::test_unlinking_after_a_commit_removes_that_link_only
    messages::test_linking_something_else_is_told

5.10 | Created entities are returned as a new collection; a commit sends all that is pending.
    authoring::TestCreating::test_from_an_attribute_that_was_never_loaded
    linking::TestDeleting::test_it_returns_the_session
    linking::TestDeleting::test_what_was_just_created_can_be_deleted_by_query

5.10.1 | The parent is what the siblings have in common.
    authoring::TestCreating::test_beside_siblings

5.10.2 | Several parents are ambiguous.
    authoring::TestCreating::test_beside_siblings_of_several_parents_is_ambiguous

5.10.3 | What is created is returned alone; the collection does not change.
    authoring::TestCreating::test_beside_siblings
    authoring::TestCreating::test_a_batch_is_created_together_or_not_at_all

5.11 | Attributes are fetched into the same collection.
    collections::TestReading::test_fetching_returns_the_collection_itself
    collections::TestReading::test_what_is_read_too_early_is_seen_once_it_is_loaded
    collections::TestReading::test_fetching_without_attributes_loads_the_defaults

5.12 | The query of a result, the same by ids, and the children.
    collections::TestQueries::test_the_query_of_a_result_keeps_its_criteria
    collections::TestQueries::test_a_collection_can_be_asked_for_again_by_its_ids
    collections::TestQueries::test_children_can_be_queried

5.13 | Errors are those that existing code catches.
    errors::test_existing_code_catches_it
    messages::test_wrong_use_of_a_collection_is_told
    messages::test_a_misspelt_criterion_is_an_error_of_the_family
    messages::test_every_message_says_what_to_do_next
    messages::test_other_things_than_expected_are_told

6 | Nothing is a collection too.
    collections::TestNothing::test_it_is_false_empty_and_typed

6 attributes | Reading goes on, typed.
    collections::TestNothing::test_it_is_typed_wherever_it_leads

6 calls | Methods give neutral results, chains end in the fallback.
    collections::TestNothing::test_whatever_is_asked_of_it_ends_in_the_fallback
    collections::TestNothing::test_deleting_nothing_returns_the_session

6 iteration | There is no element.
    collections::TestNothing::test_a_loop_over_it_does_nothing

6 equality | It equals other collections of nothing only.
    collections::TestNothing::test_nothing_equals_nothing_only

6 sets | It is neutral.
    collections::TestSets::test_nothing_is_neutral

6 writing | Nothing can be set on it.
    collections::TestNothing::test_nothing_can_be_set_on_it

6 create | The first entity can be created right below something that exists.
    authoring::TestCreating::test_from_an_attribute_that_was_never_loaded
    empty::TestCreating::test_deeper_there_is_no_parent

6 sources | It remembers where it was read.
    empty::TestSources::test_what_filtering_left_empty_remembers_the_source

7.1 | A session takes what ftrack_api's takes, and is one.
    sessions::TestWhatItIs::test_it_is_a_session_of_ftrack_api
    sessions::TestWhatItIs::test_unknown_arguments_are_refused
    contract::test_the_arguments_of_a_session_are_ftrack_apis_and_ours
    sessions::TestWhatItIs::test_the_programs_of_others_work_with_it

7.2 | SESSION is the default everywhere and does not populate by itself.
    sessions::TestWhatItIs::test_the_default_session_is_one_that_waits

7.3 | Closing and reconnecting: queries and collections survive.
    sessions::TestWhatItIs::test_a_closed_session_says_so_until_it_is_reconnected
    sessions::TestReconnecting::test_session_queries_and_collections_survive
    sessions::TestReconnecting::test_arguments_can_be_changed
    logs::test_reconnecting_warns_of_what_it_discards

7.4 | Deferred operations go into a file, and what was pending before comes back.
    sessions::TestDeferring::test_nothing_is_sent_and_nothing_stays_pending

7.5 | The file can be read by others, and those of older tools by us.
    file::test_dbm_reads_the_file_where_it_knows_the_layout
    file::test_files_of_older_tools_are_read

7.6 | Reconnecting and committing sends a file; a missing one is an OSError.
    sessions::TestDeferring::test_sending_twice_creates_once
    sessions::TestDeferring::test_a_missing_file_is_an_error_of_the_system
    sessions::test_a_whole_program_over_either_transport

7.7 | Results are reused inside of a block, empty ones too, also after an exception.
    sessions::TestReusingResults::test_the_same_text_is_the_same_object
    sessions::TestReusingResults::test_empty_results_too
    sessions::TestReusingResults::test_the_old_way_comes_back_after_an_exception

7.8 | The classes of types are asked of the package, by their names.
    sessions::TestWhatItIs::test_the_classes_of_types_are_asked_of_the_package

7.9 | Several sessions at once do not mix.
    authoring::TestCreating::test_entities_of_another_session_are_refused
    collections::TestSets::test_types_and_sessions_do_not_mix
    types::test_each_server_has_its_own

8 | One Python file, read once; what is wrong with it is told.
    configuration::test_a_file_that_is_none_is_told
    settings::TestTheFile::test_mistakes_in_it_are_named
    configuration::test_without_a_file_the_defaults_hold

8 RELATIONSHIPS_RESOLVER | Paths between types.
    configuration::test_relations_come_from_the_file_and_overrides_inherit_them

8 LOGGING_NAMESPACE | The first part of all loggers.
    configuration::test_the_other_settings_are_used_where_they_say

8 ALLOWED_FOR_DELETION_RESOLVER | What may be deleted.
    configuration::test_the_other_settings_are_used_where_they_say
    deletion::test_the_configuration_decides_per_type

8 WARN_ON_INJECT | Whether inject is a warning.
    configuration::test_the_other_settings_are_used_where_they_say
    logs::test_inject_is_silent_unless_a_studio_wants_a_warning

9.1 | Types of the server by name, asked for once per connection.
    types::test_types_are_found_as_the_server_spells_them_and_as_older_code_does
    types::test_the_default_session_is_asked_by_attribute_and_item
    types::test_an_unknown_name_is_a_key_error_and_an_attribute_error
    types::test_they_are_asked_for_once_per_connection

9.2 | What custom attributes accept, always as a tuple of types.
    types::test_custom_attributes_tell_what_they_accept

9.3 | Editors and type checkers see the types of the package itself.
    names::test_the_package_tells_type_checkers_that_it_is_typed
"""

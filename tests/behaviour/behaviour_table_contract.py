"""The numbered paragraphs of the behaviour contract: what holds of each today."""

CONTRACT = """
1.1 | The promised names are public at the top, and nothing but them.
    names::TestThePackage::test_what_existing_programs_import_is_public
    names::TestThePackage::test_every_public_name_can_be_imported
    names::TestThePackage::test_public_names_are_sorted
    names::TestThePackage::test_no_public_name_is_listed_twice
    names::TestThePackage::test_nothing_but_submodules_is_public_besides
    names::TestThePackage::test_names_that_are_not_written_like_types_are_not_found
    names::TestImportingEverything::test_it_overwrites_no_builtin_and_no_module_of_python

1.2 | Every entity type can be imported and queried, also those that only some servers have.
    names::TestThePackage::test_entity_types_are_public_and_can_be_queried
    names::TestThePackage::test_the_types_of_any_server_can_be_imported_and_queried
    entities::test_there_is_a_class_for_every_type_of_a_server

1.3 | Session and SESSION are where they were.
    names::test_older_import_paths_lead_to_the_same_things
    sessions::TestWhatItIs::test_the_default_session_is_one_that_waits

1.4 | A query shows its type, session, schema, projections, criteria and primary key.
    queries::test_a_query_knows_what_it_asks
    queries::test_a_criterion_changes_the_query_and_returns_it
    asking::TestCriteriaAsValues::test_a_criterion_can_be_looked_at
    asking::TestCriteriaAsValues::test_the_resolved_criteria_make_the_query
    terminators::test_a_query_knows_its_primary_key

1.5 | The modules of entities are where they were.
    names::test_older_import_paths_lead_to_the_same_things

1.6 | The modules of settings and constants are where they were.
    names::test_older_import_paths_lead_to_the_same_things
    names::TestThePackage::test_the_version_is_the_one_of_the_distribution

1.7 | Importing has no side effects.
    names::TestImportingWithoutAServer::test_it_works_and_queries_can_be_written_and_read
    names::TestImportingWithoutAServer::test_it_takes_little_longer_than_importing_ftrack_api
    configuration::test_relations_come_from_the_file_and_overrides_inherit_them

1.7.1 | The environment variable of the configuration is honoured, when a setting is first needed.
    configuration::test_relations_come_from_the_file_and_overrides_inherit_them
    settings::TestTheFile::test_it_is_found_through_the_environment_and_read_when_first_needed

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
    terminators::TestResults::test_they_are_collections_that_know_where_they_come_from
    criteria::test_a_query_that_is_copied_goes_its_own_way
    queries::test_a_criterion_changes_the_query_and_returns_it

2.2 | The text of a query: projections in order, conditions from near to far, nothing behind.
    queries::test_a_query_knows_what_it_asks
    criteria::test_criteria_are_ordered_by_the_number_of_relations_and_not_by_dots_in_values
    projections::test_default_projections_come_first_then_the_requested_ones_in_their_order
    queries::TestProjections::test_defaults_come_first_and_nothing_twice

2.3 | Criteria are found by name, with and without not_; others are misspelt or of other types.
    criteria::test_completion_offers_exactly_the_criteria_of_the_type
    criteria::test_a_criterion_of_other_types_is_not_implemented
    messages::test_a_misspelt_name_is_shown_with_its_owner_and_its_neighbours
    criteria::test_a_misspelt_criterion_gets_a_suggestion

2.4 | Values become a group, and a relation is wrapped around it.
    queries::test_conditions_are_written_as_people_know_them_from_logs

2.4.1 | A text with % is a pattern, everything else a plain value in escaped quotes.
    queries::test_conditions_are_written_as_people_know_them_from_logs
    criteria::test_values_of_any_kind_stay_inside_their_quotes
    expressions::test_values_are_escaped_and_otherwise_left_alone
    expressions::test_a_pattern_is_compared_like_a_pattern
    criteria::test_criteria_without_a_target_need_no_server
    language::test_any_value_arrives_as_it_was_given

2.4.2 | One plain value is compared with "is", several with "in", in their order.
    queries::test_conditions_are_written_as_people_know_them_from_logs

2.4.3 | Each pattern is compared with "like".
    expressions::test_conditions_and_their_opposites_have_these_texts

2.4.4 | Plain values come before patterns, joined by "or".
    queries::test_conditions_are_written_as_people_know_them_from_logs
    queries::test_repeated_criteria_add_values_to_each_other
    criteria::test_criteria_without_a_target_need_no_server

2.4.5 | A relation has "has" around the group, or "any" where there can be several.
    queries::test_conditions_are_written_as_people_know_them_from_logs

2.4.6 | The id shortcut: "project_id is" instead of "project has (id is".
    queries::test_conditions_are_written_as_people_know_them_from_logs
    criteria::test_criteria_with_a_target_follow_the_relation_to_it

2.4.7 | Several paths are joined by "or" in one pair of parentheses.
    configuration::test_relations_come_from_the_file_and_overrides_inherit_them

2.5 | Targets, merging and negation.
    messages::test_wrong_arguments_of_a_query_are_told_by_the_call
    queries::test_repeated_criteria_add_values_to_each_other
    queries::test_an_entity_meets_a_criterion_or_its_opposite
    criteria::test_wrong_arguments_are_reported_by_the_call
    criteria::test_negated_criteria_mean_the_opposite
    criteria::test_repeated_criteria_widen_values_and_narrow_ranges

2.6 | Projections are texts, classes or chains, in a list, tuple or set.
    queries::TestProjections::test_a_type_stands_for_the_path_to_it
    queries::TestProjections::test_they_come_in_a_list_a_tuple_or_a_set
    projections::test_every_alternative_of_a_relation_is_asked_for
    queries::TestProjections::test_a_chain_may_begin_with_the_queried_type
    queries::TestProjections::test_long_paths_end_in_values
    projections::test_relations_are_followed_from_the_queried_type
    projections::test_wrong_containers_raise_what_existing_code_catches
    projections::test_what_cannot_be_asked_for_is_reported_before_anything_is_sent
    queries::TestProjections::test_they_hold_for_one_call
    queries::TestProjections::test_defaults_come_first_and_nothing_twice
    projections::test_default_projections_come_first_then_the_requested_ones_in_their_order

2.7 | Terminators: what each returns, and which options they take.
    terminators::test_the_server_orders_and_limits
    queries::TestTerminators::test_pages_join_without_a_gap
    queries::TestTerminators::test_descending_numbers
    terminators::test_wrong_options_are_refused_before_anything_is_sent
    terminators::TestPaging::test_pages_are_asked_for_until_there_are_enough
    terminators::TestResults::test_without_a_limit_everything_is_returned
    terminators::TestLog::test_each_executed_query_is_logged_as_it_was_asked

2.7 get_first | The first by primary key, never an error.
    queries::TestTerminators::test_the_first_is_the_first_by_primary_key
    queries::TestTerminators::test_finding_nothing_is_no_error
    terminators::TestResults::test_get_first_is_the_first_by_primary_key
    terminators::TestResults::test_all_get_methods_but_get_one_accept_no_result
    terminators::TestResults::test_one_entity_has_what_was_asked_for_too

2.7 get_one | Exactly one, or an error that shows the query.
    queries::TestTerminators::test_one_is_exactly_one
    queries::TestTerminators::test_none_or_several_are_errors_that_show_the_query
    terminators::TestResults::test_get_one_returns_the_only_one
    terminators::TestResults::test_get_one_refuses_none_and_several
    terminators::TestResults::test_one_entity_has_what_was_asked_for_too

2.7 get_inputs | Inputs and outputs follow links; without links there are none.
    queries::TestTerminators::test_inputs_and_outputs_are_each_others_opposite
    queries::TestTerminators::test_without_links_there_are_no_inputs
    terminators::TestResults::test_links_lead_to_inputs_and_outputs

2.8 | inject adds text of the user.
    queries::test_conditions_are_written_as_people_know_them_from_logs
    queries::test_criteria_find_what_they_say
    criteria::test_criteria_without_a_target_need_no_server
    criteria::test_repeated_criteria_widen_values_and_narrow_ranges

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
    asking::TestAskingWithoutLoading::test_what_is_asked_is_logged
    terminators::TestLog::test_each_executed_query_is_logged_as_it_was_asked
    querying::test_what_is_fetched_is_logged_like_a_query
    logs::test_a_query_that_the_server_refuses_is_a_line_too
    logs::test_every_way_to_ask_is_a_line
    logs::test_inject_is_silent_unless_a_studio_wants_a_warning

2.10 | Results are remembered for reuse under their whole text.
    sessions::TestReusingResults::test_the_same_text_is_the_same_object
    results::test_an_earlier_result_that_is_still_held_is_reused_and_kept_from_then_on
    terminators::TestReuse::test_limits_and_orders_are_part_of_the_text

3.1 | Each type has its criteria; each compares what it says.
    criteria::test_criteria_without_a_target_need_no_server
    criteria::test_criteria_with_a_target_follow_the_relation_to_it
    queries::test_single_criteria_compare_what_exists

3.2 | Default projections, kinds of types and parents.
    entities::test_types_declare_what_is_asked_for
    entities::test_classes_are_kinds_of_each_other_as_the_types_are
    entities::TestTypesOfOneServer::test_they_are_made_when_they_are_imported
    entities::TestTypesOfOneServer::test_the_schema_says_what_they_are_kinds_of
    entities::test_every_parent_relation_is_an_attribute

3.3 | What creating each type needs and fills in.
    creation::TestRules::test_what_is_required
    authoring::TestCreating::test_what_is_missing_or_does_not_fit_is_told_and_leaves_no_trace
    authoring::TestCreating::test_a_whole_publish
    authoring::TestNotes::test_about_an_entity_by_the_user_of_the_session
    authoring::TestCreating::test_a_version_takes_one_task_or_none
    authoring::TestCreating::test_a_location_of_choice
    authoring::TestCreating::test_a_project_has_no_parent_and_a_full_name
    authoring::TestCreating::test_types_and_statuses_by_name_or_as_collections
    authoring::TestNotes::test_with_author_category_and_recipients
    authoring::TestNotes::test_beside_other_notes_of_the_same_thing_only
    authoring::TestNotes::test_of_the_wrong_things_are_refused
    creation::TestRules::test_a_project_is_named_in_full_by_default
    creation::TestRules::test_an_asset_needs_a_name_and_a_type
    creation::TestRules::test_a_component_location_is_unmanaged_unless_said_otherwise
    creation::TestRules::test_other_rules
    creation::TestRules::test_types_are_given_by_name
    creation::TestNotes::test_are_by_the_user_of_the_session_unless_said_otherwise
    creation::TestNotes::test_reach_their_recipients
    creation::TestNotes::test_reply_to_notes
    creation::TestNotes::test_are_linked_to_labels
    creation::TestNotes::test_are_about_what_they_are_read_from
    creation::TestNotes::test_join_the_other_notes_of_the_same_thing
    creation::TestRules::test_what_is_required_beside_siblings

3.4 | Contexts and versions are linked by links of their own kind.
    linking::TestLinks::test_versions_are_linked_too
    links::test_what_cannot_be_linked_is_refused

4.1 | A relation serves criteria, projections, attribute access and get alike.
    queries::TestProjections::test_a_type_stands_for_the_path_to_it
    collections::TestReading::test_relations_can_be_read_by_type
    configuration::test_configured_paths_are_read_projected_and_filtered_by_type
    criteria::test_two_entries_never_influence_each_other
    projections::test_every_alternative_of_a_relation_is_asked_for
    querying::test_configured_relations_lead_to_related_entities

4.2 | Relations that nobody configured are inferred from the schema.
    relationships::test_the_path_between_two_types_is_the_one_people_mean

4.2.1 | A type is not reached through itself.
    relationships::test_every_path_exists_in_the_schema
    relationships::test_the_path_between_two_types_is_the_one_people_mean
    relationships::test_no_type_leads_to_itself_unless_a_context_lies_in_another

4.2.2 | Attributes that mean something else are no stepping stones.
    relationships::test_no_inferred_path_goes_through_what_means_something_else
    relationships::test_the_path_between_two_types_is_the_one_people_mean
    relationships::test_who_completed_something_leads_to_nothing_else
    relationships::test_nothing_is_above_a_project_and_no_project_below_anything

4.2.3 | Every way is considered, not only the one found first.
    relationships::test_paths_do_not_depend_on_the_order_in_which_a_server_lists_things

4.2.4 | Types that several parents can have are reached by a cast.
    relationships::test_object_types_of_a_server_can_be_reached_like_the_known_ones
    relationships::test_the_path_between_two_types_is_the_one_people_mean
    criteria::test_typed_contexts_can_be_targets_of_each_other

4.2.5 | The shortest path wins.
    relationships::test_the_path_between_two_types_is_the_one_people_mean

4.3 | Tables of relations belong to a session's schemas and an entry, and are kept no longer.
    relationships::TestTablesOfASession::test_they_are_made_once_per_entry
    relationships::TestTablesOfASession::test_they_do_not_keep_a_session_alive
    relationships::TestTablesOfASession::test_they_are_made_anew_for_other_schemas

4.4 | Configured relations win; one path or several; casts hold in criteria and on attribute access.
    configuration::test_relations_come_from_the_file_and_overrides_inherit_them
    configuration::test_configured_paths_are_read_projected_and_filtered_by_type
    relationships::TestConfiguredRelations::test_they_win_over_all_others
    relationships::TestConfiguredRelations::test_they_hold_for_every_kind_of_the_type_they_are_written_for
    reading::TestTypeShortcuts::test_several_paths_are_united
    reading::TestTypeShortcuts::test_brackets_select_the_type
    reading::TestTypeShortcuts::test_brackets_in_the_middle_select_the_type_too

4.5 | SCHEMA has the default and every override, inheriting unless told otherwise.
    configuration::test_relations_come_from_the_file_and_overrides_inherit_them
    settings::TestEntries::test_an_override_called_default_replaces_the_default
    settings::TestEntries::test_an_override_replaces_single_relations_and_inherits_the_others
    settings::TestEntries::test_an_override_that_does_not_inherit_has_only_its_own
    settings::TestEntries::test_attribute_and_item_are_the_same
    settings::TestEntries::test_unknown_entries_are_reported_with_suggestions
    settings::TestEntries::test_a_result_of_another_shape_is_reported_every_time
    relationships::test_an_entry_can_be_read_like_the_dictionary_it_once_was

4.6 | A collection reads a type by its name.
    collections::TestReading::test_relations_can_be_read_by_type
    configuration::test_configured_paths_are_read_projected_and_filtered_by_type
    collections::TestReading::test_a_type_shortcut_works_on_mixed_collections
    reading::TestTypeShortcuts::test_they_follow_the_relation
    reading::TestTypeShortcuts::test_unknown_relations_name_both_types
    reading::TestTypeShortcuts::test_null_steps_end_in_an_empty_collection
    reading::TestTypeShortcuts::test_without_brackets_the_type_is_selected_all_the_same
    container::test_the_kind_of_mixed_entities_is_that_of_the_collection

5.1 | Ordered, free of duplicates, immutable, and printed with type and size.
    collections::TestContainer::test_it_prints_its_type_and_size
    collections::TestContainer::test_it_never_changes
    container::test_duplicates_are_dropped_by_type_and_id
    container::test_collections_cannot_be_changed_in_place
    container::test_of_two_objects_for_one_entity_the_first_is_kept

5.2 | Items by position, slice, id and type; length, membership, equality, iteration.
    collections::TestContainer::test_items_by_position_slice_id_and_type
    collections::TestContainer::test_membership
    collections::TestContainer::test_equality_is_about_entities_and_their_order
    collections::TestContainer::test_keys_and_values
    collections::TestContainer::test_elements_are_collections_of_one
    collections::TestContainer::test_a_mixed_result_gives_the_entities_of_each_type
    container::test_items_are_selected_by_position_slice_id_and_type
    container::test_items_that_do_not_exist_are_refused
    container::test_selecting_a_type_includes_the_kinds_of_it
    container::test_membership_is_by_id_entity_or_whole_collection
    container::test_equality_is_about_the_same_entities_in_the_same_order

5.3 | Attributes are read without asking the server.
    collections::TestReading::test_reading_never_asks_the_server
    reading::TestAutoPopulate::test_is_off_unless_the_session_says_so

5.3.1 | Methods come first.
    collections::TestReading::test_attributes_that_are_called_like_methods
    reading::test_attributes_named_like_methods_are_read_with_attribute

5.3.2 | Then attributes: lists of values, collections of what is reached.
    collections::TestReading::test_scalars_are_lists_with_one_value_for_each
    collections::TestReading::test_links_have_a_from_and_a_to
    queries::TestProjections::test_what_was_not_asked_for_is_not_set_and_false
    reading::test_scalars_give_one_value_per_entity
    reading::test_what_is_not_loaded_is_not_set_and_false
    reading::test_local_values_come_before_those_of_the_server
    reading::test_references_are_collections_without_duplicates
    reading::test_arrays_are_joined_without_duplicates
    reading::test_the_type_of_what_is_reached
    reading::test_mappings_are_plain_dictionaries
    empty::TestSources::test_an_unloaded_attribute_remembers_its_owner
    reading::test_mixed_results_have_the_type_the_schema_names

5.3.3 | get loads what a type shortcut reads.
    collections::TestReading::test_get_loads_what_a_type_shortcut_reads
    querying::test_related_entities_are_loaded_with_their_attributes
    querying::test_configured_relations_lead_to_related_entities

5.3.4 | Then custom attributes with the prefix custom_.
    collections::TestReading::test_custom_attributes_are_read_with_a_prefix
    reading::test_custom_attributes_tell_missing_from_unloaded

5.3.5 | Then entity types, and nothing else.
    collections::TestReading::test_relations_can_be_read_by_type
    reading::test_names_of_python_are_no_attributes

5.3.6 | Everything else is misspelt.
    messages::test_a_misspelt_name_is_shown_with_its_owner_and_its_neighbours
    reading::test_unknown_names_raise_with_suggestions

5.4 | Assignment records changes, and sends none.
    authoring::TestAssigning::test_scalars
    assignment::test_a_value_for_one_entity
    assignment::test_commit_sends_the_changes

5.4.1 | Only attributes that exist can be set.
    messages::test_a_misspelt_name_is_shown_with_its_owner_and_its_neighbours
    assignment::test_unknown_attributes_get_a_suggestion

5.4.2 | Through a type or a chain, the owner of the attribute is changed.
    authoring::TestAssigning::test_references_also_through_the_type
    authoring::TestAssigning::test_below_nothing_nothing_can_be_set
    assignment::TestReferences::test_are_set_behind_a_type_shortcut
    assignment::TestReferences::test_are_set_through_the_type_shortcut_even_when_not_loaded
    assignment::TestReferences::test_cannot_be_set_through_nothing
    assignment::test_several_paths_cannot_be_set
    assignment::TestArrays::test_a_part_of_an_array_cannot_be_set

5.4.3 | Values have the type the schema says.
    authoring::TestAssigning::test_what_does_not_fit_changes_nothing
    authoring::TestAssigning::test_final_attributes_stay
    assignment::test_scalars_that_fit
    assignment::test_values_that_do_not_fit_change_nothing
    assignment::test_final_attributes_are_refused
    assignment::TestReferences::test_refuse_other_types_and_numbers

5.4.4 | There is one value for each entity; an array of one owner takes any number.
    messages::test_wrong_use_of_a_collection_is_told
    authoring::TestAssigning::test_arrays_are_replaced_as_a_whole
    assignment::test_the_number_of_values_has_to_match
    assignment::TestArrays::test_several_owners_take_one_collection_each

5.4.5 | Metadata and custom attributes are set as dictionaries or by key, and have types.
    authoring::TestAssigning::test_metadata_and_custom_attributes
    authoring::TestAssigning::test_custom_attributes_are_checked_before_anything_is_recorded
    assignment::TestMappings::test_replace_what_was_there
    assignment::TestCustomAttributes::test_unknown_keys_change_nothing
    assignment::TestCustomAttributes::test_take_what_they_are_configured_for
    assignment::TestCustomAttributes::test_refuse_what_they_are_not_configured_for
    assignment::test_values_that_do_not_fit_change_nothing
    assignment::TestCustomAttributes::test_keys_that_nobody_has_are_refused_without_configurations_too

5.4.6 | Values of other sessions and schemas are refused.
    authoring::TestCreating::test_entities_of_another_session_are_refused
    assignment::TestReferences::test_refuse_other_sessions_and_schemas

5.5 | Functional methods: predicates get collections of one.
    collections::TestTransforming::test_map_count_and_filter

5.5 apply | Sets an attribute to what a function returns, by name or where it was read.
    collections::TestTransforming::test_apply
    collections::TestTransforming::test_apply_on_what_was_read_sets_it_where_it_was_read
    assignment::TestApply::test_receives_the_elements_so_far
    assignment::TestApply::test_needs_to_know_what_to_set
    assignment::TestApply::test_without_a_name_sets_what_was_read

5.5 count | The number of those that meet a predicate.
    collections::TestTransforming::test_map_count_and_filter

5.5 filter | Those that meet a predicate.
    collections::TestTransforming::test_map_count_and_filter
    algebra::test_mapping_filtering_counting_and_folding_agree

5.5 fold | One value from all, beginning with another.
    collections::TestTransforming::test_fold_and_partition
    algebra::test_mapping_filtering_counting_and_folding_agree

5.5 group | Parts by key, in the order of their first element.
    collections::TestTransforming::test_group_and_group_and_map
    algebra::test_groups_take_lists_tuples_and_collections_as_keys
    algebra::test_group_and_partition_recombine_to_the_original

5.5 group_and_map | Parts by key, each mapped.
    collections::TestTransforming::test_group_and_group_and_map

5.5 map | A list.
    collections::TestTransforming::test_map_count_and_filter
    algebra::test_mapping_filtering_counting_and_folding_agree

5.5 max | The last of the largest.
    collections::TestTransforming::test_extremes

5.5 min | The first of the smallest.
    collections::TestTransforming::test_extremes

5.5 partition | Those that meet a predicate, and the rest.
    collections::TestTransforming::test_fold_and_partition

5.5 sort | Stable; the largest of several values counts.
    collections::TestTransforming::test_sort
    algebra::test_the_largest_of_several_values_counts
    algebra::test_sorting_is_that_of_python
    algebra::TestMissingValues::test_come_last_in_any_order

5.6 | Set methods keep order and refuse other types and sessions.
    collections::TestSets::test_types_and_sessions_do_not_mix
    algebra::TestRefusals::test_other_sessions_schemas_and_types
    algebra::test_operators_are_the_methods

5.6 union | Own entities, then new ones.
    collections::TestSets::test_the_documented_examples
    algebra::test_union_is_everything_in_order_of_first_occurrence

5.6 intersection | What all have.
    collections::TestSets::test_the_documented_examples
    algebra::test_intersection_is_what_all_have

5.6 difference | What no other has.
    collections::TestSets::test_the_documented_examples
    algebra::test_difference_is_what_no_other_has

5.6 symmetric_difference | What exactly one has.
    collections::TestSets::test_the_documented_examples
    algebra::test_symmetric_difference_is_what_exactly_one_has

5.7 | A collection can be treated as one of a more general type only.
    collections::TestCoercion::test_to_a_more_general_type
    collections::TestCoercion::test_not_to_a_more_special_one
    algebra::TestCoercion::test_to_a_more_general_type
    algebra::TestCoercion::test_projects_pass_as_typed_contexts
    algebra::TestCoercion::test_to_anything_else_is_refused
    algebra::TestCoercion::test_of_something_else_is_refused

5.8 | Parts of a collection keep its session and schema, and every entity its own key.
    collections::TestSets::test_types_and_sessions_do_not_mix
    container::test_types_without_an_id_are_told_apart_by_their_whole_key
    container::TestFromEntities::test_has_the_session_and_type_of_the_collection
    container::TestFromEntities::test_may_be_of_another_type
    container::TestFromEntities::test_refuses_what_does_not_fit
    container::TestFromEntities::test_remembers_the_source_it_is_given
    container::test_elements_take_little_memory
    collections::TestSets::test_the_documented_examples

5.9 | Links are made and removed for every pair, and show.
    linking::TestLinks::test_they_show_on_both_sides_at_once
    linking::TestLinks::test_unlinking_removes_that_link_only
    logs::test_linking_with_nothing_is_a_warning
    linking::TestLinks::test_unlinking_after_a_commit_removes_that_link_only
    messages::test_linking_something_else_is_told
    links::test_exactly_the_links_are_sent
    links::test_unlinking_removes_only_those_links
    links::test_linking_nothing_changes_nothing

5.10 | Created entities are returned as a new collection; a commit sends all that is pending.
    authoring::TestCreating::test_from_an_attribute_that_was_never_loaded
    linking::TestDeleting::test_it_returns_the_session
    linking::TestDeleting::test_what_was_just_created_can_be_deleted_by_query
    deletion::test_one_deletion_per_entity_is_recorded
    creation::TestBatches::test_create_all
    assignment::test_commit_sends_the_changes
    messages::test_wrong_use_of_a_collection_is_told
    authoring::TestCreating::test_beside_siblings

5.10.1 | The parent is what the siblings have in common.
    authoring::TestCreating::test_beside_siblings
    creation::TestParents::test_siblings_with_one_parent

5.10.2 | Several parents are ambiguous.
    authoring::TestCreating::test_beside_siblings_of_several_parents_is_ambiguous
    creation::TestParents::test_siblings_below_several_owners

5.10.3 | What is created is returned alone; the collection does not change.
    authoring::TestCreating::test_beside_siblings
    authoring::TestCreating::test_a_batch_is_created_together_or_not_at_all

5.11 | Attributes are fetched into the same collection.
    collections::TestReading::test_fetching_returns_the_collection_itself
    collections::TestReading::test_what_is_read_too_early_is_seen_once_it_is_loaded
    collections::TestReading::test_fetching_without_attributes_loads_the_defaults
    querying::test_fetching_loads_into_the_same_collection
    querying::test_fetching_keeps_local_changes
    querying::test_without_attributes_those_that_the_studio_chose_are_fetched

5.12 | The query of a result, the same by ids, and the children.
    collections::TestQueries::test_the_query_of_a_result_keeps_its_criteria
    collections::TestQueries::test_a_collection_can_be_asked_for_again_by_its_ids
    collections::TestQueries::test_children_can_be_queried
    querying::test_the_original_query_is_returned_as_a_copy
    querying::test_what_was_read_is_asked_for_by_id
    querying::test_children_are_asked_for_by_their_parents
    querying::test_children_of_several_are_asked_for_at_once_and_through_any_session

5.13 | Errors are those that existing code catches.
    errors::test_existing_code_catches_it
    messages::test_wrong_use_of_a_collection_is_told
    messages::test_a_misspelt_criterion_is_an_error_of_the_family
    messages::test_every_message_says_what_to_do_next
    messages::test_other_things_than_expected_are_told
    errors::test_every_class_is_also_what_the_docstring_has_in_brackets

6 | Nothing is a collection too.
    collections::TestNothing::test_it_is_false_empty_and_typed

6 attributes | Reading goes on, typed.
    collections::TestNothing::test_it_is_typed_wherever_it_leads
    empty::test_chains_are_typed_through_the_schema
    empty::test_depth_counts_the_attributes_read
    empty::test_misspelt_attributes_raise

6 calls | Methods give neutral results, chains end in the fallback.
    collections::TestNothing::test_whatever_is_asked_of_it_ends_in_the_fallback
    collections::TestNothing::test_deleting_nothing_returns_the_session
    empty::test_results_are_neutral
    empty::test_selections_are_the_collection_itself
    empty::test_deleting_and_linking_nothing_changes_nothing
    querying::test_nothing_is_asked_for_no_entities
    collections::TestNothing::test_it_is_typed_wherever_it_leads

6 iteration | There is no element.
    collections::TestNothing::test_a_loop_over_it_does_nothing

6 equality | It equals other collections of nothing only.
    collections::TestNothing::test_nothing_equals_nothing_only
    empty::test_all_empty_collections_hold_the_same_entities

6 sets | It is neutral.
    collections::TestSets::test_nothing_is_neutral
    empty::test_set_algebra_with_nothing_is_neutral
    algebra::test_nothing_is_the_neutral_element

6 writing | Nothing can be set on it.
    collections::TestNothing::test_nothing_can_be_set_on_it

6 create | The first entity can be created right below something that exists.
    authoring::TestCreating::test_from_an_attribute_that_was_never_loaded
    empty::TestCreating::test_deeper_there_is_no_parent
    empty::TestCreating::test_below_a_collection_its_entity_is_the_parent
    creation::TestParents::test_an_unloaded_attribute_is_enough

6 sources | It remembers where it was read.
    empty::TestSources::test_what_filtering_left_empty_remembers_the_source
    empty::TestSources::test_an_unloaded_attribute_remembers_its_owner
    authoring::TestCreating::test_from_an_attribute_that_was_never_loaded

7.1 | A session takes what ftrack_api's takes, and is one.
    sessions::TestWhatItIs::test_it_is_a_session_of_ftrack_api
    sessions::TestWhatItIs::test_unknown_arguments_are_refused
    contract::test_the_arguments_of_a_session_are_ftrack_apis_and_ours
    sessions::TestWhatItIs::test_the_programs_of_others_work_with_it
    sessions::TestReusingResults::test_a_session_can_be_made_so
    sessions::TestWhatItIs::test_it_is_a_context_manager
    connection::test_every_argument_reaches_ftrack_api

7.2 | SESSION is the default everywhere and does not populate by itself.
    sessions::TestWhatItIs::test_the_default_session_is_one_that_waits
    contract::test_the_arguments_of_a_session_are_ftrack_apis_and_ours
    entities_schematypes::test_the_default_session_is_used_without_another

7.3 | Closing and reconnecting: queries and collections survive.
    sessions::TestWhatItIs::test_a_closed_session_says_so_until_it_is_reconnected
    sessions::TestReconnecting::test_session_queries_and_collections_survive
    sessions::TestReconnecting::test_arguments_can_be_changed
    logs::test_reconnecting_warns_of_what_it_discards
    connection::test_results_are_forgotten_when_they_may_be_out_of_date
    sessions::TestReconnecting::test_pending_changes_are_discarded_with_one_warning
    connection::test_closing_a_session_that_never_connected_does_not_connect
    connection::test_overrides_hold_from_then_on

7.4 | Deferred operations go into a file, and what was pending before comes back.
    sessions::TestDeferring::test_nothing_is_sent_and_nothing_stays_pending
    sessions::TestDeferring::test_a_file_can_be_added_to
    recording::test_blocks_can_add_to_a_file

7.5 | The file can be read by others, and those of older tools by us.
    file::test_dbm_reads_the_file_where_it_knows_the_layout
    file::test_files_of_older_tools_are_read

7.6 | Reconnecting and committing sends a file; a missing one is an OSError.
    sessions::TestDeferring::test_sending_twice_creates_once
    sessions::TestDeferring::test_a_missing_file_is_an_error_of_the_system
    sessions::test_a_whole_program_over_either_transport
    replay::test_the_session_reconnects_and_commits
    file::test_a_missing_file_is_an_oserror_that_names_the_next_step
    connection::test_deferred_operations_are_sent_after_reconnecting

7.7 | Results are reused inside of a block, empty ones too, also after an exception.
    sessions::TestReusingResults::test_the_same_text_is_the_same_object
    sessions::TestReusingResults::test_empty_results_too
    sessions::TestReusingResults::test_the_old_way_comes_back_after_an_exception
    terminators::TestReuse::test_limits_and_orders_are_part_of_the_text
    terminators::TestReuse::test_the_same_text_returns_the_same_collection_without_a_request_or_a_line_in_the_log
    sessions::TestReusingResults::test_a_session_can_be_made_so

7.8 | The classes of types are asked of the package, by their names.
    sessions::TestWhatItIs::test_the_classes_of_types_are_asked_of_the_package

7.9 | Several sessions at once do not mix.
    authoring::TestCreating::test_entities_of_another_session_are_refused
    collections::TestSets::test_types_and_sessions_do_not_mix
    types::test_each_server_has_its_own
    entities_schematypes::test_they_are_asked_for_again_after_a_reconnect
    entities_schematypes::test_nothing_is_kept_of_a_session_that_is_gone

8 | One Python file, read once; what is wrong with it is told.
    configuration::test_a_file_that_is_none_is_told
    settings::TestTheFile::test_mistakes_in_it_are_named
    configuration::test_without_a_file_the_defaults_hold
    settings::TestTheFile::test_its_errors_are_what_existing_code_catches
    settings::TestTheFile::test_what_it_names_is_taken_and_the_rest_keeps_its_default
    settings::TestTheFile::test_it_has_to_be_a_python_file
    settings::TestTheFile::test_a_broken_one_fails_the_same_way_every_time

8 RELATIONSHIPS_RESOLVER | Paths between types.
    configuration::test_relations_come_from_the_file_and_overrides_inherit_them

8 LOGGING_NAMESPACE | The first part of all loggers.
    configuration::test_the_other_settings_are_used_where_they_say

8 ALLOWED_FOR_DELETION_RESOLVER | What may be deleted.
    configuration::test_the_other_settings_are_used_where_they_say
    deletion::test_the_configuration_decides_per_type
    deletion::test_a_configuration_that_fails_allows_nothing

8 WARN_ON_INJECT | Whether inject is a warning.
    configuration::test_the_other_settings_are_used_where_they_say
    logs::test_inject_is_silent_unless_a_studio_wants_a_warning

9.1 | Types of the server by name, asked for once per connection.
    types::test_types_are_found_as_the_server_spells_them_and_as_older_code_does
    types::test_the_default_session_is_asked_by_attribute_and_item
    types::test_an_unknown_name_is_a_key_error_and_an_attribute_error
    types::test_they_are_asked_for_once_per_connection
    entities_schematypes::test_types_are_found_by_the_name_of_the_server_and_by_its_older_form
    entities_schematypes::test_they_are_entities_of_the_session_and_asked_for_once
    entities_schematypes::test_unknown_and_ambiguous_names_are_reported

9.2 | What custom attributes accept, always as a tuple of types.
    types::test_custom_attributes_tell_what_they_accept
    entities_schematypes::test_custom_attributes_accept_python_types

9.3 | Editors and type checkers see the types of the package itself.
    names::test_the_package_tells_type_checkers_that_it_is_typed
"""
